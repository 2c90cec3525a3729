// Pages of the desk beside the work page and a case: each has an address, and is loaded when it is
// first shown.
import type { ComponentType, JSX } from "preact";
import type { Person } from "./api";
import { later } from "./lazy-parts";
import type { RoomProps } from "./room-props";
import { t } from "./words";

export type RoomName = "list" | "find" | "glance" | "samples" | "duty" | "board" | "custody";

interface Room {
  /** Behind the `#` of the address. */
  readonly name: RoomName;
  readonly roles: readonly Person["role"][];
  readonly Part: ComponentType<RoomProps>;
}

const ROOMS: readonly Room[] = [
  { name: "list", roles: ["analyst", "officer", "supervisor", "prosecutor"], Part: later("list", () => import("./list").then((part) => part.List)) },
  { name: "find", roles: ["analyst", "officer", "supervisor"], Part: later("find", () => import("./find").then((part) => part.Find)) },
  { name: "glance", roles: ["analyst", "supervisor"], Part: later("glance", () => import("./glance").then((part) => part.FirstGlance)) },
  { name: "samples", roles: ["analyst", "supervisor"], Part: later("samples", () => import("./samples").then((part) => part.Samples)) },
  { name: "duty", roles: ["analyst", "supervisor"], Part: later("duty", () => import("./duty").then((part) => part.Duty)) },
  { name: "board", roles: ["supervisor"], Part: later("board", () => import("./board").then((part) => part.Board)) },
  { name: "custody", roles: ["supervisor"], Part: later("custody", () => import("./custody").then((part) => part.Custody)) },
];

/** The room that an address names, if it is this person's. */
export const roomOf = (name: string, person: Person): Room | undefined =>
  ROOMS.find((each) => each.name === name && each.roles.includes(person.role));

/** Whose ways in say how much waits there (`waits.tsx`). */
const COUNTED: readonly RoomName[] = ["glance", "samples"];

/** The ways into the other rooms of a person. */
export function Rooms({ person }: { person: Person }): JSX.Element | null {
  const those = ROOMS.filter((each) => !COUNTED.includes(each.name) && each.roles.includes(person.role));
  if (!those.length) return null;
  return (
    <nav class="rooms" aria-label={t("rooms")}>
      <ul>{those.map(({ name }) => <li key={name}><a href={`#${name}`}>{t(`room_${name}`)}</a></li>)}</ul>
    </nav>
  );
}
