// Where a person works: their unit, or their office and its court.
import type { JSX } from "preact";
import type { Person } from "./api";
import { named, words } from "./words";

export function Station({ person }: { person: Person }): JSX.Element {
  if (person.unit) return <>{named(words.units, person.unit)}</>;
  return <>{named(words.prosecutors, person.office ?? "")}, {named(words.courts, person.court ?? "")}</>;
}
