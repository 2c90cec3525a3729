// The key that opens the palette: the page hears it before the palette is loaded.
import { useEffect } from "preact/hooks";

export function usePaletteKey(open: () => void): void {
  useEffect(() => {
    const heard = (event: KeyboardEvent): void => {
      const k = event.code === "KeyK" || event.key.toLowerCase() === "k";
      if (!k || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || document.querySelector("dialog[open], [aria-modal]")) return;
      event.preventDefault();
      open();
    };
    document.addEventListener("keydown", heard);
    return () => document.removeEventListener("keydown", heard);
  }, [open]);
}
