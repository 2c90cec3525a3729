// Every component of the desk on one page, with synthetic data, in each language: `python -m tools.site.gallery`. It is no
// page of the site: people who build pages look at it, and a test photographs it.
import { type ComponentChildren, type JSX, render } from "preact";
import { useState } from "preact/hooks";
import { code, fetchWords, number, spoken } from "../words";
import { ActionBar } from "./action-bar";
import { Bars, Heat, Sparkline } from "./charts";
import { Chip } from "./chip";
import { EvidenceStrip } from "./evidence-strip";
import { type Said, saidIn } from "./gallery-words";
import { Icon } from "./icon";
import { Key } from "./key";
import { Menu } from "./menu";
import { Palette, usePaletteKey } from "./palette";
import { Band, Empty, RefusedCard } from "./states";
import { type Column, Table } from "./table";
import { Mention, Thread } from "./thread";
import { Tile, Tiles } from "./tile";
import { Timeline } from "./timeline";
import { Toast } from "./toast";

interface Row {
  readonly id: string;
  readonly gist: string;
  readonly place: string;
  readonly sum: number;
  readonly minutes: number;
  readonly urgent: boolean;
}

const MANY = 400;
const nothing = (): void => undefined;

function rowsOf({ gists, places }: Said): Row[] {
  return Array.from({ length: MANY }, (_, at) => ({
    id: `C-${at}`, gist: gists[at % gists.length] ?? "", place: places[at % places.length] ?? "", sum: (at * 137) % 9000, minutes: 4 + at * 7, urgent: at % 5 === 0,
  }));
}

function Gallery({ says }: { says: Said }): JSX.Element {
  const [ids, change] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState(false);
  const [on, setOn] = useState(0);
  const [rows] = useState(() => rowsOf(says));
  usePaletteKey(() => setOpen(true));
  const columns: readonly Column<Row>[] = [
    { id: "gist", head: says.gist, cell: (row) => <span dir="auto">{row.gist}</span>, title: true },
    { id: "place", head: says.place, cell: (row) => row.place, sortBy: (row) => row.place, width: "9rem" },
    { id: "sum", head: says.sum, cell: (row) => (row.sum ? number(row.sum) : ""), sortBy: (row) => row.sum || undefined, desc: true, width: "7rem", end: true },
    { id: "age", head: says.age, cell: (row) => number(row.minutes), sortBy: (row) => row.minutes, width: "6rem", end: true },
  ];
  const acts = says.acts.map((label, at) => ({
    id: String(at), group: at < 3 ? says.decision : says.pages, label, icon: at < 3 ? ("check" as const) : ("list" as const), key: "CXE"[at] ?? "", ...(at === 2 ? { reason: says.reason } : {}), run: nothing,
  }));
  const menu = says.acts.map((label, at) => ({ id: String(at), label, checked: at === 0, chosen: nothing, ...(at === 2 ? { reason: says.reason } : {}) }));
  return (
    <main class="gallery" id="main">
      <h1>{says.title}</h1>
      <Part name="Chip">
        <p class="actions">
          <Chip kind="danger">{says.danger}</Chip><Chip kind="doubt">{says.doubt}</Chip><Chip kind="money">{says.money}</Chip><Chip kind="late">{says.late}</Chip>
          <Chip kind="past">{says.past}</Chip><Chip kind="on" gone={nothing} goneName={says.remove}>{says.place}</Chip><Chip icon="user">{says.by}</Chip>
        </p>
      </Part>
      <Part name="Button, Menu, Key">
        <p class="actions">
          <button type="button" class="button"><Icon name="check" />{says.acts[0]} <Key sign="C" /></button>
          <button type="button" class="button quiet">{says.acts[1]} <Key sign="X" /></button>
          <button type="button" class="button alarm">{says.danger}</button>
          <Menu button={<>{says.decision}<Icon name="chevron-down" size="small" /></>} items={menu} />
          <button type="button" class="button quiet" onClick={() => setOpen(true)}>{says.pages} <Key sign={["Ctrl", "K"]} /></button>
        </p>
      </Part>
      <Part name="Table">
        <div class="gallery-table">
          <Table
            caption={says.title} columns={columns} rows={rows} idOf={(row) => row.id} open={nothing} current="C-2"
            groups={{ of: (row) => (row.urgent ? "urgent" : "other"), titles: [["urgent", says.late], ["other", says.by]] }}
            ticks={{ ids, change, name: (row) => row.gist, all: says.all, not: (row) => (row.minutes < 10 ? says.reason : undefined) }}
            foot={number(MANY)} bulk={(those) => <><b>{number(those.size)}</b><button type="button" class="button">{says.acts[0]}</button></>}
          />
        </div>
      </Part>
      <Part name="Table, waiting and empty">
        <Table caption={says.wait} columns={columns} rows={[]} idOf={(row) => row.id} waiting />
        <Table caption={says.none} columns={columns} rows={[]} idOf={(row) => row.id} empty={<Empty title={says.none}><p>{says.reason}</p></Empty>} />
      </Part>
      <Part name="Tile">
        <Tiles name={says.title}>
          {(["danger", "doubt", "money", "late", undefined] as const).map((kind, at) => (
            <Tile key={at} figure={number(at === 4 ? 0 : 3 + 7 * at)} label={[says.danger, says.doubt, says.money, says.late, says.past][at] ?? ""} more={says.place} kind={kind} on={on === at} press={() => setOn(at)} />
          ))}
        </Tiles>
      </Part>
      <Part name="Timeline, Thread">
        <div class="halves">
          <Timeline
            entries={[
              { id: "1", at: "09:27", when: "2026-12-02T09:27", by: "person", hot: true, what: says.danger, more: says.by },
              { id: "2", at: "09:28", when: "2026-12-02T09:28", by: "machine", what: says.doubt },
              { id: "3", at: "09:37", when: "2026-12-02T09:37", by: "next", what: says.late },
            ]}
          />
          <Thread
            unread={says.unread}
            notes={[
              { id: "1", by: "N. Tazi", at: "09:20", when: "2026-12-02T09:20", said: says.gists[0] },
              { id: "2", by: "S. Amrani", at: "09:31", when: "2026-12-02T09:31", unread: true, said: <><Mention name="N. Tazi" me /> {says.gists[1]}</> },
            ]}
          />
        </div>
      </Part>
      <Part name="EvidenceStrip">
        <EvidenceStrip
          covered={says.covered}
          files={[
            { id: "1", name: "capture-1.png", kind: "image", more: "09:14", flag: says.doubt, open: nothing },
            { id: "2", name: "photo.jpg", kind: "image", covered: true, open: nothing },
            { id: "3", name: "vocal.ogg", kind: "audio", more: "0:21", open: nothing },
            { id: "4", name: "contrat.pdf", kind: "document", more: "2", open: nothing },
          ]}
        />
      </Part>
      <Part name="Sparkline, Bars, Heat">
        <div class="halves">
          <Sparkline name={says.title} figures={says.figures} points={says.places.map((each, at) => [each, (at * 5) % 9] as const)} before={says.places.map((_, at) => (at * 3) % 7)} />
          <Bars name={says.by} figures={says.figures} parts={[says.past, says.by]} rows={says.places.map((each, at) => [each, [at % 3, 4 + at]] as const)} />
          <Heat name={says.late} columns={["1", "2", "3", "4"]} rows={says.places.map((each, at) => [each, [at, 2 * at, 0, 3]] as const)} late={(row, column) => row === 2 && column === 1} />
        </div>
      </Part>
      <Part name="Band, Refused">
        <Band kind="offline">{says.offline}</Band>
        <Band kind="refused">{says.reason}</Band>
        <Band kind="note">{says.late}</Band>
        <RefusedCard what={says.none} why={says.reason} again={nothing} againName={says.again} />
      </Part>
      <Part name="ActionBar, Toast">
        <ActionBar
          label={says.decision}
          decide={<><button type="button" class="button">{says.acts[0]} <Key sign="C" /></button><Menu placement="top-start" button={says.place} items={menu} /></>}
          doubts={<><Chip kind="doubt">{says.doubt}</Chip><Chip kind="late">{says.late}</Chip></>}
          acts={says.acts.slice(1).map((each) => <button key={each} type="button" class="button quiet">{each}</button>)}
          toast={<Toast left={3} count={2} undo={nothing} undoName={says.undo}>{says.acts[0]}</Toast>}
        />
      </Part>
      {open ? <Palette acts={acts} label={says.pages} hint={says.pages} none={says.none} close={() => setOpen(false)} /> : null}
    </main>
  );
}

function Part({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return <section aria-label={name}><h2 lang="en" dir="ltr">{name}</h2>{children}</section>;
}

const place = document.getElementById("app");
document.documentElement.lang = code;
document.documentElement.dir = spoken?.direction ?? "ltr";
void fetchWords().then(() => place && render(<Gallery says={saidIn(code)} />, place));
