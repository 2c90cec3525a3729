// Light, dark, or as the device says. It is kept on the device, because it suits a screen and a room, not a person.
import { useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";

const NAME = "theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** The theme that was chosen on this device; `system` where none was, or where nothing can be kept. */
export function chosenTheme(): Theme {
  try {
    const kept = localStorage.getItem(NAME);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

/** Let a theme take effect on this page. */
export function showTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset["theme"];
  else dataset["theme"] = theme;
}

/** Whether the page is dark now. */
export const isDark = (theme: Theme): boolean => theme === "dark" || (theme === "system" && dark.matches);

export function useTheme(): readonly [Theme, (to: Theme) => void] {
  const [theme, setTheme] = useState(chosenTheme);
  const choose = (to: Theme): void => {
    showTheme(to);
    setTheme(to);
    try {
      if (to === "system") localStorage.removeItem(NAME);
      else localStorage.setItem(NAME, to);
    } catch {
      // A browser that keeps nothing shows it until the page is left.
    }
  };
  return [theme, choose];
}
