// The palette of the desk (Ctrl or ⌘ with K): the acts on the case in front, in groups, those that are closed with the reason;
// the pages of the person; and by what is typed: a case by its code, colleagues who read the case in front, and the search.
import type { JSX } from "preact";
import { type ActBeside, actsOf, closedBecause, draftOf, drafts, openAct } from "./acts";
import { type CaseView, newKey, type Person } from "./api";
import { begun } from "./find-begun";
import { type Act, signOf } from "./keys";
import { titleOf } from "./legal-holds";
import { readersOf, readReaders } from "./mentions";
import { type RoomName, roomOf, roomsOf } from "./routes";
import type { IconName } from "./ui/icon";
import { nearest, Palette, type PaletteAct } from "./ui/palette";
import { t } from "./words";

type Group = "prosecutor" | "suspects" | "money" | "evidence" | "people" | "danger" | "close";

/** In which group each act is, in their order. */
const GROUP_OF: Readonly<Record<ActBeside, Group>> = {
  inform: "prosecutor", instruct: "prosecutor", receipt: "prosecutor", annul: "prosecutor",
  suspect: "suspects", suspect_event: "suspects", suspect_correct: "suspects",
  freeze: "money", freeze_step: "money", payment: "money", waive: "money",
  admit: "evidence", take_out: "evidence", look: "evidence", compare: "evidence", split: "evidence",
  dossier: "evidence",
  message: "people", note: "people", assign: "people", notice: "people", notice_withdraw: "people",
  identity_ask: "people", identities: "people",
  no_danger: "danger", pass: "danger", danger_over: "danger",
  closure: "close", closure_correct: "close", resume: "close", reopen: "close", reassign: "close", break_hold: "close",
  retry: "close", keep: "close", court_hold: "close", court_lift: "close", erase: "close",
};
const ICONS: Readonly<Record<Group, IconName>> = {
  prosecutor: "landmark", suspects: "users", money: "banknote", evidence: "paperclip", people: "message-square", danger: "siren", close: "archive",
};

/** The keys that acts have at the foot of a case. */
const KEYS_OF_ACTS: Readonly<Partial<Record<ActBeside, Act>>> = { compare: "together", note: "note", instruct: "instruct" };
const KEYS_OF_A_UNIT: Readonly<Partial<Record<ActBeside, Act>>> = { inform: "glance", freeze: "samples" };

const MOST_PEOPLE = 3;
/** Of the code of a case, such as C-0000-0000-0000-0000-0. */
const CODE_LENGTH = 23;

interface DeskPaletteProps {
  readonly person: Person;
  /** The case in front, if one is. */
  readonly view: CaseView | undefined;
  readonly go: (there: RoomName | "work") => void;
  /** Open a case by its code. */
  readonly open: (id: string) => void;
  readonly close: () => void;
}

export function DeskPalette({ person, view, go, open, close }: DeskPaletteProps): JSX.Element {
  const acts = [...(view ? actsOn(view, person) : []), ...pagesOf(person, go)];
  const more = async (letters: string): Promise<readonly PaletteAct[]> => [
    ...byCode(letters, open),
    ...(view && actsOf(view).includes("note") ? await colleaguesOf(view.id, letters) : []),
    ...(roomOf("find", person) ? [toFind(letters, () => go("find"))] : []),
  ];
  return <Palette acts={acts} label={t("acts")} hint={t("acts_hint")} none={t("acts_none")} close={close} more={more} />;
}

const byCode = (letters: string, open: DeskPaletteProps["open"]): PaletteAct[] =>
  isCode(letters) ? [{ id: letters, group: t("acts_cases"), label: t("acts_open_case", { n: letters.toUpperCase() }), icon: "search", run: () => open(letters.toUpperCase()) }] : [];

/** A note that names a colleague who reads the case. */
async function colleaguesOf(id: string, letters: string): Promise<PaletteAct[]> {
  const known = readersOf(id);
  // Without them the rest is found all the same.
  const readers = known.length ? known : await readReaders(id).catch(() => []);
  const acts = readers.map(({ subject, name, role }): PaletteAct => ({
    id: `person ${subject}`, group: t("acts_people"), label: t("acts_note_to", { name }), icon: "message-square", words: role,
    run: () => {
      const place = draftOf(id, { act: "note" });
      const values = drafts.get(place)?.values;
      drafts.set(place, { key: newKey(), values: { ...values, note: `${values?.["note"] ?? ""}@${name} ` } });
      openAct(id, { act: "note" });
    },
  }));
  return nearest(acts, letters).slice(0, MOST_PEOPLE).map(({ act }) => act);
}

/** The search asks why somebody searches, and keeps that: nothing is looked for before. */
const toFind = (letters: string, go: () => void): PaletteAct => ({
  id: "find", group: t("acts_cases"), label: t("acts_find", { text: letters }), icon: "search",
  run: () => {
    begun.text = letters;
    go();
  },
});

const isCode = (letters: string): boolean => letters.toUpperCase().startsWith("C-") && letters.length === CODE_LENGTH;

/** The acts of a reader on a case; what their role never does is left out. */
function actsOn(view: CaseView, person: Person): PaletteAct[] {
  const may = actsOf(view);
  const keys = { ...KEYS_OF_ACTS, ...(person.role === "officer" ? KEYS_OF_A_UNIT : {}) };
  return (Object.keys(GROUP_OF) as ActBeside[]).flatMap((act): PaletteAct[] => {
    const group = GROUP_OF[act];
    const isOpen = may.includes(act);
    const reason = isOpen ? undefined : closedBecause(view, act);
    if (!isOpen && !reason) return [];
    const key = keys[act];
    const made = (of?: string): PaletteAct => ({
      id: `${act} ${of ?? ""}`,
      group: t(`acts_${group}`),
      label: isOpen ? titleOf(view, act, of) : act === "court_lift" ? t("outcome_court_lift") : titleOf(view, act),
      icon: ICONS[group],
      words: t(`acts_${group}`),
      ...(key ? { key: signOf(key) } : {}),
      ...(reason ? { reason } : {}),
      run: () => openAct(view.id, { act, ...(of ? { of } : {}) }),
    });
    // One for each order that is in force.
    return isOpen && act === "court_lift" ? (view.court_holds ?? []).map(({ entry }) => made(String(entry))) : [made()];
  });
}

const pagesOf = (person: Person, go: DeskPaletteProps["go"]): PaletteAct[] => {
  const page = (id: RoomName | "work", label: string): PaletteAct => ({ id: `page ${id}`, group: t("acts_pages"), label, icon: "arrow-right", run: () => go(id) });
  return [page("work", t("work")), ...roomsOf(person).map((room) => page(room, t(`room_${room}`)))];
};
