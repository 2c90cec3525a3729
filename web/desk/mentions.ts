// Whom a note names: colleagues who read the case, by their names behind an @.
import { call } from "./api";
import type { Schemas } from "./fields";
import { t } from "./words";

export interface Reader {
  readonly subject: string;
  /** As it is written behind the @: people of one name are told apart by their role. */
  readonly name: string;
  readonly role: string;
}

/** As many as one note names. */
export const MOST_MENTIONED = 10;

const known = new Map<string, readonly Reader[]>();

/** Those who read the notes of a case, as far as they were read already. */
export const readersOf = (id: string): readonly Reader[] => known.get(id) ?? [];

/** Read who reads the notes of a case now. */
export async function readReaders(id: string): Promise<readonly Reader[]> {
  const { body } = await call<Schemas["NoteReaders"]>({ method: "GET", path: `/v1/desk/cases/${id}/colleagues` });
  const names = body.people.map(({ name }) => name);
  const isTwice = (name: string): boolean => names.indexOf(name) !== names.lastIndexOf(name);
  const readers = body.people.map(({ subject, name, role }) => {
    const told = t(`role_${role}`);
    return { subject, role: told, name: isTwice(name) ? `${name} (${told})` : name };
  });
  known.set(id, readers);
  return readers;
}

/** The colleagues whom a text names; of names that begin alike, the longest that stands there. */
export function mentionedIn(text: string, readers: readonly Reader[]): readonly Reader[] {
  let left = text;
  const found = [...readers]
    .sort((one, other) => other.name.length - one.name.length)
    .filter(({ name }) => {
      const parts = left.split(`@${name}`);
      left = parts.join(" ");
      return parts.length > 1;
    });
  return found.slice(0, MOST_MENTIONED);
}
