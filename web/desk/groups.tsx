// Reports alike stand in one line with their count; the whole group opens below it. The sign of a flood.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { call, type CaseLine, type DutyDesk, type Group, kindOf, type QueuePage } from "./api";
import { Code } from "./untrusted-text";
import { refusal } from "./refusals";
import { when } from "./times";
import { number, t } from "./words";

/** Lines of further pages without those that are shown: a group, or a case, stands in a list once. */
export function once(lines: readonly CaseLine[], groups: DutyDesk["groups"]): CaseLine[] {
  const shown = new Set<string>();
  return lines.filter((each) => {
    const name = groups?.[each.id]?.id ?? each.id;
    const isNew = !shown.has(name);
    shown.add(name);
    return isNew;
  });
}

const howMany = (group: Group): string => `${number(group.count)}${group.count < group.most ? "" : "+"}`;

/** What a line stands for, and a way to all of it, page by page. */
export function Alike({ group, open }: { group: Group; open: (id: string) => void }): JSX.Element {
  const [cases, setCases] = useState<readonly CaseLine[]>([]);
  const [cursor, setCursor] = useState<string | undefined>("");
  const [wrong, setWrong] = useState("");
  const more = async (): Promise<void> => {
    const path = `/v1/desk/groups/${encodeURIComponent(group.id)}${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`;
    try {
      const { body } = await call<QueuePage>({ method: "GET", path });
      setCases((before) => once([...before, ...body.cases], {}));
      setCursor(body.cursor ?? undefined);
      setWrong("");
    } catch (error) {
      setWrong(kindOf(error));
    }
  };
  return (
    <details class="alike" onToggle={(event) => (event.currentTarget.open && !cases.length ? void more() : undefined)}>
      <summary>{t("group_alike", { n: howMany(group) })}</summary>
      {wrong ? <p role="alert">{refusal(wrong)}</p> : null}
      <ul>
        {cases.map((each) => (
          <li key={each.id}>
            <button type="button" class="link" onClick={() => open(each.id)}><Code text={each.number ?? each.id} /></button>{" "}
            <time class="hint" dateTime={each.opened_at}>{when(each.opened_at)}</time>
          </li>
        ))}
      </ul>
      {cursor ? <p><button type="button" class="link" onClick={() => void more()}>{t("more")}</button></p> : null}
    </details>
  );
}

/** The group that a line stands for, if it does. */
export function OfGroup({ line, groups, open }: { line: CaseLine; groups: DutyDesk["groups"]; open: (id: string) => void }): JSX.Element | null {
  const group = groups?.[line.id];
  return group ? <Alike group={group} open={open} /> : null;
}

/** Nobody can tell a crowd from a disaster: what is true, and what people can do. */
export function FloodSign({ flood }: { flood: NonNullable<DutyDesk["flood"]> }): JSX.Element {
  const n = `${number(flood.cases)}${flood.cases < flood.most ? "" : "+"}`;
  return (
    <section class="note flood" role="status" aria-labelledby="flood">
      <h2 id="flood">{t("flood", { n, lines: number(flood.lines) })}</h2>
      <p>{t("flood_turns")}</p>
      <p>{t("flood_do")}</p>
    </section>
  );
}
