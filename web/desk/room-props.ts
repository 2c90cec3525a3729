// What a page of the desk is given.
import type { Person } from "./api";

export interface RoomProps {
  readonly person: Person;
  readonly open: (id: string) => void;
  readonly home: () => void;
}
