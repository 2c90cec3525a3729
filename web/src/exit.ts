// The way out: at once to an ordinary site, and nothing is left behind here.

let warn = false;

function warning(event: BeforeUnloadEvent): void {
  if (warn) event.preventDefault();
}

/** Ask before the page is closed by mistake while there is something unsent on it. */
export function askBeforeLeaving(ask: boolean): void {
  if (ask && !warn) window.addEventListener("beforeunload", warning);
  if (!ask) window.removeEventListener("beforeunload", warning);
  warn = ask;
}

function leave(link: HTMLAnchorElement): void {
  askBeforeLeaving(false);
  document.body.hidden = true;
  // The answer of this address tells the browser to drop what it keeps of the site.
  void fetch(link.href, { keepalive: true, cache: "no-store" }).catch(() => undefined);
  location.replace(link.dataset["onward"] ?? link.href);
}

const link = document.getElementById("exit");
if (link instanceof HTMLAnchorElement) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave(link);
  });
  let presses: number[] = [];
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") {
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
