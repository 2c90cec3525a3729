// Pages of the desk beside the work page and a case: each has an address, and is loaded when it is
// first shown.
import type { ComponentType } from "preact";
import type { Person } from "./api";
import { later } from "./lazy-parts";
import type { RoomProps } from "./room-props";

export type RoomName = "list" | "find" | "glance" | "samples" | "duty" | "board" | "custody" | "campaigns";

interface Room {
  /** Behind the `#` of the address. */
  readonly name: RoomName;
  readonly roles: readonly Person["role"][];
  readonly Part: ComponentType<RoomProps>;
}

const ROOMS: readonly Room[] = [
  { name: "duty", roles: ["analyst", "supervisor"], Part: later("duty", () => import("./duty").then((part) => part.Duty)) },
  { name: "glance", roles: ["analyst", "supervisor"], Part: later("glance", () => import("./glance").then((part) => part.FirstGlance)) },
  { name: "list", roles: ["analyst", "officer", "supervisor", "prosecutor"], Part: later("list", () => import("./list").then((part) => part.List)) },
  { name: "find", roles: ["analyst", "officer", "supervisor", "prosecutor"], Part: later("find", () => import("./find").then((part) => part.Find)) },
  { name: "campaigns", roles: ["analyst", "officer", "supervisor"], Part: later("campaigns", () => import("./campaigns").then((part) => part.Campaigns)) },
  { name: "samples", roles: ["analyst", "supervisor"], Part: later("samples", () => import("./samples").then((part) => part.Samples)) },
  { name: "custody", roles: ["supervisor"], Part: later("custody", () => import("./custody").then((part) => part.Custody)) },
  { name: "board", roles: ["supervisor"], Part: later("board", () => import("./board").then((part) => part.Board)) },
];

/** The room that an address names, if it is this person's. */
export const roomOf = (name: string, person: Person): Room | undefined =>
  ROOMS.find((each) => each.name === name && each.roles.includes(person.role));

/** The rooms of a person, as the rail shows them. */
export const roomsOf = (person: Person): RoomName[] => ROOMS.filter(({ roles }) => roles.includes(person.role)).map(({ name }) => name);
