// What a person was shown beside cases, and what they were refused, for auditors: a line for an hour.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { components } from "#types/openapi";
import { call } from "./api";
import { useAsking } from "./latest-request";
import { Code } from "./untrusted-text";
import { refusal } from "./refusals";
import { when } from "./times";
import { number, said, t } from "./words";

type SeenPage = components["schemas"]["SeenPage"];
type Line = SeenPage["seen"][number];

export function SeenBy({ subject }: { subject: string }): JSX.Element {
  const [lines, setLines] = useState<readonly Line[]>();
  const [cursor, setCursor] = useState("");
  const [wrong, setWrong] = useState("");
  const ask = useAsking();
  const load = (from = ""): void => {
    setWrong("");
    const path = `/v1/desk/staff/${encodeURIComponent(subject)}/seen?limit=20${from ? `&cursor=${encodeURIComponent(from)}` : ""}`;
    ask(
      call<SeenPage>({ method: "GET", path }),
      ({ body }) => {
        setLines((before) => [...(from ? (before ?? []) : []), ...body.seen]);
        setCursor(body.cursor ?? "");
      },
      setWrong,
    );
  };
  useEffect(() => load(), []);
  if (wrong) return <p role="alert">{refusal(wrong)}</p>;
  if (!lines) return <p role="status" class="late">{t("wait")}</p>;
  if (!lines.length) return <p>{t("audit_seen_none")}</p>;
  return (
    <>
      <ul class="entries">
        {lines.map((each) => <li key={JSON.stringify(each)}><time dateTime={each.at}>{when(each.at)}</time> {each.kind === "list" ? <Shown line={each} /> : <Refused line={each} />}</li>)}
      </ul>
      {cursor ? <p><button type="button" class="link" onClick={() => load(cursor)}>{t("more")}</button></p> : null}
    </>
  );
}

function Shown({ line }: { line: Line }): JSX.Element {
  return (
    <>
      {said("seen", line.call)} · {t("audit_lines", { n: number(line.lines ?? 0) })}{line.further ? ` · ${t("audit_further")}` : ""}
      {line.of ? <> · <Code text={line.of} /></> : null}
    </>
  );
}

function Refused({ line }: { line: Line }): JSX.Element {
  return (
    <>
      <b>{said("mark", "refused")}</b> · {said("seen", line.call)} · {said("refused", line.why ?? "")}{line.ground ? ` · ${said("ground", line.ground)}` : ""}
      {line.digests?.length ? <small class="particulars">{line.digests.map((mark) => <span key={mark}><Code text={mark} /> </span>)}</small> : null}
    </>
  );
}
