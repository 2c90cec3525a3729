// The way out: at once to an ordinary site, and nothing is left behind here.
import { end } from "./draft-storage";

/** What is on this page and nowhere else. */
const unkept = new Set<string>();

function warning(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Ask before the page is closed by mistake, as long as something would be lost with it. */
export function askBeforeLosing(what: string, ask: boolean): void {
  if (ask) unkept.add(what);
  else unkept.delete(what);
  if (unkept.size) window.addEventListener("beforeunload", warning);
  else window.removeEventListener("beforeunload", warning);
}

/** Whether this would be lost. */
export const losing = (what: string): boolean => unkept.has(what);

const PATIENCE = 1500;

function leave(link: HTMLAnchorElement): void {
  window.removeEventListener("beforeunload", warning);
  end();
  document.body.hidden = true;
  document.title = "";
  const onward = link.dataset["onward"];
  // That page tells the browser to drop what it keeps of the site, and goes on by itself. On a bad
  // network nobody waits for it.
  location.replace(link.href);
  if (onward) setTimeout(() => location.replace(onward), PATIENCE);
}

const link = document.getElementById("exit");
if (link instanceof HTMLAnchorElement) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave(link);
  });
  let presses: number[] = [];
  document.addEventListener("keyup", (event) => {
    // With another key it changes the keyboard, and nobody wants to leave.
    if (event.key !== "Shift" || event.altKey || event.ctrlKey || event.metaKey) {
      presses = [];
      return;
    }
    const now = Date.now();
    presses = [...presses.filter((at) => now - at < 2000), now];
    if (presses.length >= 3) leave(link);
  });
}

// A page taken out of the browser's memory by "back" must not show what was on it.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
