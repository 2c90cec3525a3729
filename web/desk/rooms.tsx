// Pages of the desk beside the work page and a case: each has an address, and is loaded when it is
// first shown.
import type { ComponentType, JSX } from "preact";
import type { Person } from "./api";
import { later } from "./later";
import { t } from "./words";

export interface RoomProps {
  readonly person: Person;
  readonly open: (id: string) => void;
  readonly home: () => void;
}

export type RoomName = "find" | "glance" | "duty" | "board";

interface Room {
  /** Behind the `#` of the address. */
  readonly name: RoomName;
  readonly roles: readonly Person["role"][];
  readonly Part: ComponentType<RoomProps>;
}

const ROOMS: readonly Room[] = [
  { name: "find", roles: ["analyst", "officer", "supervisor"], Part: later(() => import("./find").then((part) => part.Find)) },
  { name: "glance", roles: ["analyst", "supervisor"], Part: later(() => import("./glance").then((part) => part.FirstGlance)) },
  { name: "duty", roles: ["analyst", "supervisor"], Part: later(() => import("./duty").then((part) => part.Duty)) },
  { name: "board", roles: ["supervisor"], Part: later(() => import("./board").then((part) => part.Board)) },
];

/** The room that an address names, if it is this person's. */
export const roomOf = (name: string, person: Person): Room | undefined =>
  ROOMS.find((each) => each.name === name && each.roles.includes(person.role));

/** The ways into the rooms of a person; that to the first glance says how much waits (`waits.tsx`). */
export function Rooms({ person }: { person: Person }): JSX.Element | null {
  const those = ROOMS.filter((each) => each.name !== "glance" && each.roles.includes(person.role));
  if (!those.length) return null;
  return (
    <nav class="rooms" aria-label={t("rooms")}>
      <ul>{those.map(({ name }) => <li key={name}><a href={`#${name}`}>{t(`room_${name}`)}</a></li>)}</ul>
    </nav>
  );
}
