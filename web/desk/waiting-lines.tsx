// What waits, most urgent first, below the figures of the day's work: as many rows as a screen has, and the way to all.
import type { JSX } from "preact";
import type { Person } from "./api";
import { signOf } from "./keys";
import { LineTable, WAITING_COLUMNS } from "./line-table";
import { usePlaceNames } from "./place-names";
import { useQueue } from "./queue";
import { refusal } from "./refusals";
import { Empty } from "./ui/states";
import { t } from "./words";

const SHOWN = 25;

interface WaitingLinesProps {
  readonly person: Person;
  readonly taken: number;
  readonly open: (id: string) => void;
}

export function WaitingLines({ person, taken, open }: WaitingLinesProps): JSX.Element {
  const { lines, people, goesOn, wrong, again } = useQueue("waiting", taken, SHOWN);
  const places = usePlaceNames();
  return (
    <section aria-labelledby="waiting-lines">
      <h2 id="waiting-lines">{t("waiting_first")} <a href="#list">{t("waiting_all")}</a> <kbd>{signOf("list")}</kbd></h2>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={again}>{t("retry")}</button></p> : null}
      <LineTable
        caption={t("waiting_first")}
        lines={lines ?? []}
        columns={WAITING_COLUMNS}
        people={people}
        places={places}
        person={person}
        open={open}
        waiting={!lines && !wrong}
        empty={<Empty title={t("nothing_waits")} />}
        foot={goesOn ? <a href="#list">{t("waiting_all")}</a> : null}
      />
    </section>
  );
}
