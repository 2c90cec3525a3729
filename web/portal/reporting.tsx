// The report, and its follow-up. They share nearly all their code, and a browser that sent a report has it for the other.
import { render } from "preact";
import { Opening } from "./follow";
import { data } from "./page-data";
import { Wizard } from "./report";

const app = document.getElementById("app");
if (app) {
  app.replaceChildren();
  render(data.page === "follow" ? <Opening /> : <Wizard />, app);
}
