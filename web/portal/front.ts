// The first page: goes on to the language that the browser asks for, if it is here.
const offered = [...document.querySelectorAll<HTMLAnchorElement>("a[hreflang]")];
for (const wish of navigator.languages) {
  const language = wish.toLowerCase().split("-")[0];
  const found = offered.find((link) => link.hreflang === language);
  if (found) {
    location.replace(found.href);
    break;
  }
}

export {};
