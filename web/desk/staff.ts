// The list of the staff, for those who look after accounts or check the acts of others.
import type { components } from "#types/openapi";
import { call } from "./api";

type Page = components["schemas"]["StaffPage"];
export type Member = Page["people"][number];

/** All of them, page by page. */
export async function everybody(): Promise<readonly Member[]> {
  const found: Member[] = [];
  let cursor = "";
  do {
    const path = `/v1/desk/staff?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
    const { body } = await call<Page>({ method: "GET", path });
    found.push(...body.people);
    cursor = body.cursor ?? "";
  } while (cursor);
  return found;
}
