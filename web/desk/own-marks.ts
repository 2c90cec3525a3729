// What a person keeps about a case: which notes of it were displayed to them, and whether they watch it.
import { call } from "./api";
import type { Schemas } from "./fields";

export type OwnMarks = Schemas["ThreadMarks"];

const keep = (id: string, body: Schemas["OwnMarks"]): Promise<OwnMarks> =>
  call<OwnMarks>({ method: "PUT", path: `/v1/desk/cases/${id}/thread`, body }).then((answer) => answer.body);

/** Everything up to this entry was displayed. */
export const markSeen = (id: string, seen: number): Promise<OwnMarks> => keep(id, { seen });
export const watch = (id: string, watching: boolean): Promise<OwnMarks> => keep(id, { watching });
