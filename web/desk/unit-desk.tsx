// The first screen of an officer: a danger that somebody stated, what waits as figures that filter, and all cases of the unit
// in one table: what it has to take or decline, one's own by the nearest deadline, those of the others, and what came later.
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { CaseLine, Person } from "./api";
import { useBulk } from "./bulk";
import { Where } from "./danger-said";
import { signOf, useKeys } from "./keys";
import { isLate } from "./late";
import { aboutOf, leftOfNearest, moneyOf } from "./line-facts";
import { LineTable, UNIT_COLUMNS } from "./line-table";
import { useNarrowing } from "./narrowing";
import { usePlaceNames } from "./place-names";
import { usePulse } from "./pulse";
import { type Queue, useQueue } from "./queue";
import { refusal } from "./refusals";
import { secondsUntil, span, useTick } from "./times";
import { Chip } from "./ui/chip";
import { Empty } from "./ui/states";
import { Tile, Tiles } from "./ui/tile";
import { Said } from "./untrusted-text";
import { type Names, number, said, t } from "./words";

const DAY_SECONDS = 86_400;
const NONE: readonly CaseLine[] = [];

type Group = "take" | "mine" | "others" | "added";
type Figure = "take" | "due" | "office" | "added" | "money";

/** Whether a line belongs to a figure. */
const BELONGS: Readonly<Record<Figure, (line: CaseLine, group: Group) => boolean>> = {
  take: (_, group) => group === "take",
  due: (line) => (leftOfNearest(line) ?? Infinity) < DAY_SECONDS,
  office: ({ status, deadlines }) => status === "awaiting_authorisation" || (deadlines ?? []).some((each) => each.owed_by === "office"),
  added: (line, group) => group === "added" || Boolean(line.unread),
  money: ({ deadlines }) => (deadlines ?? []).some(({ kind }) => kind === "money" || kind === "freeze"),
};
const FIGURES: readonly Figure[] = ["take", "due", "office", "added", "money"];

interface UnitDeskProps {
  readonly person: Person;
  /** How many decisions hold by now: after each one the lists are read again. */
  readonly taken: number;
  readonly next: () => void;
  readonly open: (id: string) => void;
}

export function UnitDesk({ person, taken, next, open }: UnitDeskProps): JSX.Element {
  const waiting = useQueue("waiting", taken);
  const held = useQueue("held", taken);
  const added = useQueue("added", taken);
  const every: readonly Queue[] = [waiting, held, added];
  const again = (): void => {
    for (const each of every) each.again();
  };
  const bulk = useBulk({ person, of: "held", lines: held.lines ?? NONE, open, again: held.again });
  const places = usePlaceNames();
  const { list: pulse } = usePulse();
  useTick(30_000);
  const groups = useMemo(() => grouped(waiting.lines ?? NONE, bulk.lines, added.lines ?? NONE, person), [waiting.lines, bulk.lines, added.lines, person]);
  const people: Names = { ...waiting.people, ...held.people, ...added.people };
  const lines = [...groups.keys()];
  const groupOf = (line: CaseLine): Group => groups.get(line) ?? "others";
  const of = (each: Figure): CaseLine[] => lines.filter((line) => BELONGS[each](line, groupOf(line)));
  const more = every.filter((each) => each.goesOn);
  const { left, figure, press, heard, tools } = useNarrowing<Figure>({
    lines, people, places, belongs: (each, line) => BELONGS[each](line, groupOf(line)), goesOn: more.length > 0, before: bulk.none,
  });
  useKeys((act, digit) => bulk.heard(act, digit) || heard(act));
  const wrong = every.find((each) => each.wrong)?.wrong ?? "";
  const stated = of("take").find(({ danger }) => danger?.kind === "stated");
  const further = (): void => {
    for (const each of more) each.more();
  };
  const titles = (["take", "mine", "others", "added"] as const).map((group) => {
    const n = left.filter((line) => groupOf(line) === group).length;
    return [group, <>{t(`unit_group_${group}`)} <span class="tab-count">{number(n)}</span> <small>{t(`unit_order_${group}`)}</small></>] as const;
  });
  return (
    <div class="unit-desk">
      {stated ? <DangerBand line={stated} open={open} /> : null}
      <Tiles name={t("unit_tiles")}>
        {FIGURES.map((each) => {
          const those = of(each);
          return (
            <Tile
              key={each}
              figure={number(those.length)}
              label={t(`unit_tile_${each}`)}
              {...beside(each, those)}
              on={figure === each}
              press={() => press(each)}
            />
          );
        })}
        <Tile figure={number(pulse?.mentions ?? 0)} label={t("unit_tile_notes")} press={() => document.getElementById("inbox-title")?.scrollIntoView()} />
      </Tiles>
      {tools(<button type="button" class="button" onClick={next}>{t("take_next")} <kbd>{signOf("next")}</kbd></button>)}
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={again}>{t("retry")}</button></p> : null}
      <LineTable
        caption={t("unit_holds")}
        lines={left}
        columns={UNIT_COLUMNS}
        people={people}
        places={places}
        person={person}
        open={open}
        groups={{ of: groupOf, titles }}
        {...bulk.table}
        {...(bulk.table.ticks ? { ticks: { ...bulk.table.ticks, not: (line: CaseLine) => (held.lines?.includes(line) ? bulk.table.ticks?.not?.(line) : t("tick_not_held")) } } : {})}
        waiting={every.some((each) => !each.lines) && !wrong}
        empty={<Empty title={t(lines.length ? "list_none_fits" : "nothing_waits")} />}
        foot={more.length ? <button type="button" class="link" onClick={further}>{t("more")}</button> : null}
      />
    </div>
  );
}

/** Every line in the order of the page, with its group: a case stands once. */
function grouped(waiting: readonly CaseLine[], held: readonly CaseLine[], added: readonly CaseLine[], { subject }: Person): ReadonlyMap<CaseLine, Group> {
  const seen = new Set<string>();
  const groups = new Map<CaseLine, Group>();
  const put = (lines: readonly CaseLine[], group: (line: CaseLine) => Group): void => {
    for (const line of lines) {
      if (seen.has(line.id)) continue;
      seen.add(line.id);
      groups.set(line, group(line));
    }
  };
  put(waiting, () => "take");
  put([...held].sort(sooner), ({ owner }) => (owner === subject ? "mine" : "others"));
  put(added, () => "added");
  return groups;
}

// The difference of two infinite numbers is none.
function sooner(line: CaseLine, after: CaseLine): number {
  const [one, other] = [leftOfNearest(line) ?? Infinity, leftOfNearest(after) ?? Infinity];
  return one === other ? 0 : one - other;
}

/** What stands beside a figure, and how it looks. */
function beside(figure: Figure, lines: readonly CaseLine[]): { more?: string; kind?: "danger" | "late" | "money" } {
  if (!lines.length) return {};
  if (figure === "take") {
    const n = lines.filter(({ danger }) => danger?.kind === "stated").length;
    return n ? { more: t("unit_danger_stated", { n: number(n) }), kind: "danger" } : {};
  }
  if (figure === "due") {
    const n = lines.filter((line) => (line.deadlines ?? []).some(isLate)).length;
    return { kind: "late", ...(n ? { more: t("unit_late", { n: number(n) }) } : {}) };
  }
  const [money] = figure === "money" ? moneyOf(lines) : [];
  return figure === "money" ? { kind: "money", ...(money ? { more: money } : {}) } : {};
}

/** The gravest that waits for the unit: a person stated it. */
function DangerBand({ line, open }: { line: CaseLine; open: (id: string) => void }): JSX.Element {
  const { danger, facts } = line;
  const role = danger?.said?.role ?? facts?.said_by;
  return (
    <section class="unit-danger" aria-label={t("danger_stated")}>
      <Chip kind="danger">{t("danger_stated")}</Chip>
      <p>
        <Where line={line} /> · <Said text={aboutOf(line)} />
        {role ? <> · {t("danger_told_by", { who: said("reporter", role) })}</> : null} · {t("opened_ago", { time: span(-secondsUntil(danger?.at ?? line.opened_at)) })}
      </p>
      <button type="button" class="button alarm" onClick={() => open(line.id)}>{t("unit_danger_open")}</button>
    </section>
  );
}
