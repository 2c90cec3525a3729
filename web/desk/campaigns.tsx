// The campaigns, and the cases of one: those that the reader reads, and how many stand with each other unit.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call } from "./api";
import type { Schemas } from "./fields";
import { useAsking } from "./latest-request";
import { refusal } from "./refusals";
import type { RoomProps } from "./room-props";
import { when } from "./times";
import { Chip } from "./ui/chip";
import { Code, Said } from "./untrusted-text";
import { category, named, number, t, words } from "./words";

type Campaign = Schemas["CampaignView"];
type Page = Schemas["CampaignPage"];

const AT_ONCE = 50;
/** Stands for the unit of cases that stand with none. */
const DESK = "desk";

export function Campaigns({ open }: RoomProps): JSX.Element {
  const [those, setThose] = useState<readonly Campaign[]>();
  const [cursor, setCursor] = useState("");
  const [wrong, setWrong] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const ask = useAsking();
  const load = (from = ""): void =>
    ask(
      call<Schemas["CampaignList"]>({ method: "GET", path: `/v1/desk/campaigns?limit=${AT_ONCE}${from ? `&cursor=${encodeURIComponent(from)}` : ""}` }),
      ({ body }) => {
        setWrong("");
        setThose((before) => [...(from ? (before ?? []) : []), ...body.campaigns]);
        setCursor(body.cursor ?? "");
      },
      setWrong,
    );
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    load();
  }, []);
  return (
    <main class="work" id="main" aria-busy={!those && !wrong}>
      <h1 tabIndex={-1} ref={heading}>{t("room_campaigns")}</h1>
      <p class="hint">{t("hint_campaign")}</p>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={() => load()}>{t("retry")}</button></p> : null}
      {those && !those.length ? <p>{t("campaigns_none")}</p> : null}
      {those?.map((each) => <One key={each.id} campaign={each} open={open} />)}
      {cursor ? <p><button type="button" class="link" onClick={() => load(cursor)}>{t("more")}</button></p> : null}
    </main>
  );
}

function One({ campaign, open }: { campaign: Campaign; open: (id: string) => void }): JSX.Element {
  const [pages, setPages] = useState<readonly Page[]>([]);
  const [wrong, setWrong] = useState("");
  const ask = useAsking();
  const load = (from = ""): void =>
    ask(
      call<Page>({ method: "GET", path: `/v1/desk/campaigns/${campaign.id}?limit=${AT_ONCE}${from ? `&cursor=${encodeURIComponent(from)}` : ""}` }),
      ({ body }) => {
        setWrong("");
        setPages((before) => [...(from ? before : []), body]);
      },
      setWrong,
    );
  const others = new Map<string, number>();
  for (const page of pages) for (const [unit, count] of Object.entries(page.others ?? {})) others.set(unit, (others.get(unit) ?? 0) + count);
  const cursor = pages.at(-1)?.cursor;
  return (
    <details class="campaign" onToggle={(event) => (event.currentTarget.open && !pages.length ? load() : undefined)}>
      <summary>
        <b><Said text={campaign.name} /></b> {campaign.ended_at ? <Chip>{t("campaign_ended")}</Chip> : null}{" "}
        <span class="hint">{t("campaign_led_by", { unit: named(words.units, campaign.lead) })} · {t("campaign_cases", { n: number(campaign.cases) })} · {when(campaign.begun_at)}</span>
      </summary>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={() => load()}>{t("retry")}</button></p> : null}
      <ul class="mine">
        {pages.flatMap(({ cases }) => cases).map((each) => (
          <li key={each.id}>
            <button type="button" class="link" onClick={() => open(each.id)}><Code text={each.number ?? each.id} /></button>
            <span>{category(each.category)}</span>
            <span>{t(`status_${each.status}`)}</span>
          </li>
        ))}
        {[...others].map(([unit, count]) => (
          <li key={unit}>{t("campaign_others", { unit: unit === DESK ? t("title") : named(words.units, unit), n: number(count) })}</li>
        ))}
      </ul>
      {cursor ? <p><button type="button" class="link" onClick={() => load(cursor)}>{t("more")}</button></p> : null}
    </details>
  );
}
