// A page that verifies a proof where it is opened, also from a disk without a network. It sends nothing anywhere.
import { asText } from "./hidden-characters";
import { t } from "./texts";
import { halves, publicKey } from "./verify/bytes";
import { type Check, checks, type Document, words } from "./verify/checks";
import { copyIn } from "./verify/checkpoint";

const form = document.querySelector("form") as HTMLFormElement;
const shown = document.getElementById("found") as HTMLElement;

function chosen(name: string): File[] {
  return [...((form.elements.namedItem(name) as HTMLInputElement).files ?? [])];
}

function added(to: HTMLElement, kind: string, text: string, look = ""): HTMLElement {
  const made = document.createElement(kind);
  made.textContent = asText(text);
  if (look) made.className = look;
  to.append(made);
  return made;
}

/** "file 1" and "addition …" in the language of the page. */
function inWords(what: string): string {
  const [kind, number] = halves(what, " ");
  return kind === "file" ? t("verify.file", { n: number }) : t("verify.addition", { id: number });
}

function verdictOf(each: Check): [string, string] {
  if (each.holds === "note") return [t("verify.note"), "note"];
  if (each.holds === undefined) return [t("verify.cannot"), "cannot"];
  return each.holds ? [t("verify.ok"), "ok"] : [t("verify.fail"), "fail"];
}

function line(list: HTMLElement, each: Check): void {
  const [word, look] = verdictOf(each);
  const row = added(list, "li", "", look);
  added(row, "b", word);
  const values = { ...each.values, what: inWords(each.values["what"] ?? "") };
  added(row, "span", t(each.key, values));
  const name = added(row, "code", each.name);
  name.dir = "ltr";
  name.lang = "en";
}

/** Verifies what was chosen, line by line; the look and the words of the result. */
async function verify(proof: File, key: File): Promise<readonly [string, string]> {
  if (!globalThis.crypto?.subtle) return ["fail", t("verify.no_crypto")];
  const told = JSON.parse(await proof.text()) as Document;
  const known = await publicKey(await key.text());
  const files = chosen("copy");
  const copy = files.length ? await copyIn(files) : undefined;
  const list = added(shown, "ul", "");
  let [fails, cannot] = [0, 0];
  for await (const each of checks(told, known, copy)) {
    line(list, each);
    if (each.holds === false) fails += 1;
    if (each.holds === undefined) cannot += 1;
  }
  if (fails) return ["fail", t("verify.fails")];
  if (cannot) return ["cannot", t("verify.no_ed25519")];
  await show(told);
  return ["ok", t("verify.holds")];
}

/** The words that a proof shows, whose every check holds. */
async function show(told: Document): Promise<void> {
  let part: HTMLElement | undefined;
  for await (const each of words(told)) {
    part ??= added(shown, "section", "");
    if (!part.firstChild) added(part, "h2", t("verify.words"));
    added(part, "h3", `${each.name} · ${each.of}`).dir = "ltr";
    added(part, "pre", "").append(...each.text.split("\n").map((row) => `${asText(row)}\n`));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const [proof, key] = [chosen("proof")[0], chosen("key")[0]];
  if (!proof || !key) return;
  shown.replaceChildren();
  const result = added(shown, "p", "", "result");
  const say = ([look, text]: readonly [string, string]): void => {
    result.classList.add(look);
    result.textContent = asText(text);
  };
  verify(proof, key).then(say, (error: unknown) => {
    say(["fail", t("verify.unreadable", { why: error instanceof Error ? error.message : "" })]);
  });
});
