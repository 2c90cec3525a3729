// What a person decided lately, as the cases stand now.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { components } from "#types/openapi";
import { call } from "./api";
import { useAsking } from "./latest-request";
import { Code } from "./untrusted-text";
import { refusal } from "./refusals";
import { when } from "./times";
import { category, said, t } from "./words";

type Page = components["schemas"]["DecisionPage"];
export type DecidedCase = Page["decisions"][number];

/** The decisions of the reader, or of a colleague for who checks the acts of others. */
export function Decisions({ of, open }: { of: string; open?: ((id: string) => void) | undefined }): JSX.Element {
  const [lines, setLines] = useState<readonly DecidedCase[]>();
  const [cursor, setCursor] = useState("");
  const [wrong, setWrong] = useState("");
  const ask = useAsking();
  const load = (from = ""): void => {
    setWrong("");
    const path = `/v1/desk/${of}/decisions?limit=20${from ? `&cursor=${encodeURIComponent(from)}` : ""}`;
    ask(
      call<Page>({ method: "GET", path }),
      ({ body }) => {
        setLines((before) => [...(from ? (before ?? []) : []), ...body.decisions]);
        setCursor(body.cursor ?? "");
      },
      setWrong,
    );
  };
  useEffect(() => load(), [of]);
  if (wrong) return <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={() => load()}>{t("retry")}</button></p>;
  if (!lines) return <p role="status" class="late">{t("wait")}</p>;
  if (!lines.length) return <p>{t("decided_none")}</p>;
  return (
    <>
      <ul class="mine">
        {lines.map((each) => (
          <li key={each.at + each.case}>
            <time dateTime={each.at}>{when(each.at)}</time>
            {open ? (
              <button type="button" class="link" onClick={() => open(each.case)}><Code text={each.number ?? each.case} /></button>
            ) : (
              <Code text={each.number ?? each.case} />
            )}
            <span>{said("move", each.decision)}</span>
            {each.status ? <span class="hint">{category(each.category)} · {said("status", each.status)}</span> : null}
          </li>
        ))}
      </ul>
      {cursor ? <p><button type="button" class="link" onClick={() => load(cursor)}>{t("more")}</button></p> : null}
    </>
  );
}
