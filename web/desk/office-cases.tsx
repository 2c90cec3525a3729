// The cases of a prosecutor's office in one table: what awaits its authorisation, dossiers of which nobody confirmed that
// they came, inquiries that danger opened without it, and the rest that stands with units.
import type { JSX } from "preact";
import type { CaseLine, Person } from "./api";
import { useKeys } from "./keys";
import { isLate } from "./late";
import { leftOf } from "./line-facts";
import { LineTable, OFFICE_COLUMNS } from "./line-table";
import { useNarrowing } from "./narrowing";
import { usePlaceNames } from "./place-names";
import { useQueue } from "./queue";
import { refusal } from "./refusals";
import { useTick } from "./times";
import { Empty } from "./ui/states";
import { Tile, Tiles } from "./ui/tile";
import { number, t } from "./words";

const DAY_SECONDS = 86_400;
const NONE: readonly CaseLine[] = [];
const GROUPS = ["awaits", "receipt", "danger", "units"] as const;
const FIGURES = ["awaits", "receipt", "danger", "week"] as const;

type Group = (typeof GROUPS)[number];
type Figure = (typeof FIGURES)[number];

function groupOf({ status, informed, gate = [] }: CaseLine): Group {
  if (status === "awaiting_authorisation") return "awaits";
  if (informed && !informed.received_at) return "receipt";
  const opened = new Set(gate.map(({ by }) => by));
  return opened.has("danger") && !opened.has("authorisation") ? "danger" : "units";
}

const owedBy = ({ deadlines = [] }: CaseLine): NonNullable<CaseLine["deadlines"]> => deadlines.filter((each) => each.owed_by === "office");
const within = (line: CaseLine, days: number): boolean => owedBy(line).some((each) => leftOf(each) < days * DAY_SECONDS);
const belongs = (figure: Figure, line: CaseLine): boolean => (figure === "week" ? within(line, 7) : groupOf(line) === figure);

interface OfficeCasesProps {
  readonly person: Person;
  readonly open: (id: string) => void;
}

export function OfficeCases({ person, open }: OfficeCasesProps): JSX.Element {
  const { lines: read, people, goesOn, leftOut, wrong, more, again } = useQueue("office", 0);
  const places = usePlaceNames();
  const lines = read ?? NONE;
  useTick(30_000);
  const { left, figure, press, heard, tools } = useNarrowing<Figure>({ lines, belongs, places, people, goesOn });
  useKeys(heard);
  const titles = GROUPS.map((group) => {
    const n = left.filter((line) => groupOf(line) === group).length;
    return [group, <>{t(`office_group_${group}`)} <span class="tab-count">{number(n)}</span> <small>{t(`office_order_${group}`)}</small></>] as const;
  });
  return (
    <section class="office unit-desk" aria-label={t("office_cases")} aria-busy={!read && !wrong}>
      <Tiles name={t("office_cases")}>
        {FIGURES.map((each) => {
          const those = lines.filter((line) => belongs(each, line));
          return <Tile key={each} figure={number(those.length)} label={t(`office_tile_${each}`)} {...beside(each, those)} on={figure === each} press={() => press(each)} />;
        })}
      </Tiles>
      {tools(null)}
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={again}>{t("retry")}</button></p> : null}
      <LineTable
        caption={t("office_cases")}
        lines={left}
        columns={OFFICE_COLUMNS}
        people={people}
        places={places}
        person={person}
        open={open}
        groups={{ of: groupOf, titles }}
        waiting={!read && !wrong}
        empty={<Empty title={t(lines.length ? "list_none_fits" : "office_cases_none")} />}
        foot={goesOn ? <button type="button" class="link" onClick={more}>{t("more")}</button> : null}
      />
      {leftOut ? <p class="hint">{t("office_left_out")}</p> : null}
    </section>
  );
}

/** What stands beside a figure, and how it looks: red is for danger, and amber for what is late or ends within a day. */
function beside(figure: Figure, lines: readonly CaseLine[]): { more?: string; kind?: "danger" | "late" } {
  if (!lines.length || figure === "receipt") return {};
  if (figure === "danger") return { kind: "danger" };
  const late = lines.filter((line) => owedBy(line).some(isLate)).length;
  const soon = lines.filter((line) => within(line, 1)).length - late;
  const said = [late ? t("unit_late", { n: number(late) }) : "", soon ? t("office_soon", { n: number(soon) }) : ""].filter(Boolean);
  return said.length ? { kind: "late", more: said.join(" · ") } : {};
}
