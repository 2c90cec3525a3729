// How high rows are: kept on the device, because it suits a screen.
import { useState } from "preact/hooks";

const NAME = "dense";

function isKept(): boolean {
  try {
    return localStorage.getItem(NAME) === "yes";
  } catch {
    return false;
  }
}

/** Whether rows are low, and how to change that. */
export function useDensity(): readonly [boolean, (dense: boolean) => void] {
  const [dense, set] = useState(isKept);
  const choose = (to: boolean): void => {
    set(to);
    try {
      if (to) localStorage.setItem(NAME, "yes");
      else localStorage.removeItem(NAME);
    } catch {
      // A browser that keeps nothing shows it until the page is left.
    }
  };
  return [dense, choose];
}
