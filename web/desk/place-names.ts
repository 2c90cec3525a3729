// Places by name. The list is fetched when the first one is shown.
import { useEffect, useState } from "preact/hooks";
import { placesByCode } from "./words";

/** The name of a place; its code until the list is there. */
export function usePlace(code: string | null | undefined): string {
  const [name, setName] = useState(code ?? "");
  useEffect(() => {
    if (code) void placesByCode().then((names) => setName(names.get(code) ?? code));
    else setName("");
  }, [code]);
  return name;
}

/** The names of all places by their codes; none until the list is there. */
export function usePlaceNames(): ReadonlyMap<string, string> {
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => void placesByCode().then(setNames), []);
  return names;
}
