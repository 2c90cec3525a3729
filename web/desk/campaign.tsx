// The campaign of a case: cases of other facts that people think are of one hand. It joins and merges nothing.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, type CaseView, kindOf, newKey, type Person } from "./api";
import type { Schemas } from "./fields";
import { refusal } from "./refusals";
import { ENDED } from "./statuses";
import { Said } from "./untrusted-text";
import { Chip } from "./ui/chip";
import { named, number, t, words } from "./words";

type Campaign = Schemas["CampaignView"];
type CampaignAct = Schemas["SameCampaign"] | Schemas["CampaignChange"] | Schemas["CampaignLeft"];

const act = (id: string, body: CampaignAct, key: string): Promise<Campaign | undefined> =>
  call<Schemas["CaseCampaign"]>({ method: "POST", path: `/v1/desk/cases/${id}/campaign`, body, key }).then((answer) => answer.body.campaign ?? undefined);

export const mayMark = (view: CaseView, person: Person): boolean => person.role !== "prosecutor" && (view.status === "closed" || !ENDED.includes(view.status));

interface CampaignPanelProps {
  readonly view: CaseView;
  readonly person: Person;
}

/** The campaign of a case, with what can be done about it. */
export function CampaignPanel({ view, person }: CampaignPanelProps): JSX.Element | null {
  const [campaign, setCampaign] = useState<Campaign | undefined>(view.campaign ?? undefined);
  const [marking, setMarking] = useState(false);
  const [wrong, setWrong] = useState("");
  const may = mayMark(view, person);
  const leads = person.role !== "officer" || campaign?.lead === person.unit;
  const send = (body: CampaignAct): void => {
    setWrong("");
    act(view.id, body, newKey()).then(setCampaign, (error: unknown) => setWrong(kindOf(error)));
  };
  if (!campaign && !may) return null;
  return (
    <section class="campaign" aria-labelledby="campaign-title">
      <h3 id="campaign-title">{t("campaign")}</h3>
      {campaign ? (
        <>
          <p><b><Said text={campaign.name} /></b> {campaign.ended_at ? <Chip>{t("campaign_ended")}</Chip> : null}</p>
          <p class="hint">{t("campaign_led_by", { unit: named(words.units, campaign.lead) })} · {t("campaign_cases", { n: number(campaign.cases) })}</p>
          {may ? (
            <p class="acts">
              <a href="#campaigns">{t("room_campaigns")}</a>
              {leads ? (
                <button type="button" class="link" onClick={() => send({ act: "change", name: campaign.name, lead: campaign.lead, ended: !campaign.ended_at })}>
                  {t(campaign.ended_at ? "campaign_reopen" : "campaign_end")}
                </button>
              ) : null}
              <button type="button" class="link" onClick={() => send({ act: "leave" })}>{t("campaign_leave")}</button>
            </p>
          ) : null}
        </>
      ) : marking ? (
        <SameCampaign
          id={view.id}
          done={(now) => {
            setMarking(false);
            setCampaign(now);
          }}
          leave={() => setMarking(false)}
        />
      ) : (
        <p><button type="button" class="link" onClick={() => setMarking(true)}>{t("campaign_mark")}</button></p>
      )}
      {wrong ? <p role="alert" class="wrong">{refusal(wrong)}</p> : null}
    </section>
  );
}

interface SameCampaignProps {
  readonly id: string;
  /** A case that looks like it, which is of the same campaign from then on. */
  readonly other?: string;
  readonly done: (campaign: Campaign | undefined) => void;
  readonly leave: () => void;
}

/** The form by which a case becomes one of a campaign: one of those that go on, or one that begins. */
export function SameCampaign({ id, other, done, leave }: SameCampaignProps): JSX.Element {
  const [going, setGoing] = useState<readonly Campaign[]>([]);
  const [campaign, choose] = useState("");
  const [name, setName] = useState("");
  const [lead, setLead] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    first.current?.focus();
    call<Schemas["CampaignList"]>({ method: "GET", path: "/v1/desk/campaigns?limit=50" }).then(
      ({ body }) => setGoing(body.campaigns.filter((each) => !each.ended_at)),
      (error: unknown) => setWrong(kindOf(error)),
    );
  }, []);
  const send = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setWrong("");
    const body: Schemas["SameCampaign"] = { act: "mark", ...(other ? { other } : {}), ...(campaign ? { campaign } : { name: name.trim(), lead }) };
    try {
      done(await act(id, body, key.current));
    } catch (error) {
      key.current = newKey();
      setBusy(false);
      setWrong(kindOf(error));
    }
  };
  return (
    <form
      class="act same-campaign"
      aria-label={t("campaign_mark")}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <p class="hint">{t("hint_campaign")}</p>
      <fieldset>
        <legend>{t("campaign")}</legend>
        <label class="switch"><input type="radio" name="campaign-which" ref={first} checked={!campaign} onChange={() => choose("")} />{t("campaign_new")}</label>
        {going.map(({ id: one, name: called }) => (
          <label class="switch" key={one}><input type="radio" name="campaign-which" checked={campaign === one} onChange={() => choose(one)} /><Said text={called} /></label>
        ))}
      </fieldset>
      {campaign ? null : (
        <>
          <p>
            <label for="campaign-name">{t("campaign_name")}</label>
            <input id="campaign-name" type="text" dir="auto" required minLength={3} maxLength={80} autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />
          </p>
          <p>
            <label for="campaign-lead">{t("campaign_lead")}</label>
            <select id="campaign-lead" required value={lead} onChange={(event) => setLead(event.currentTarget.value)}>
              <option value="" />
              {Object.entries(words.units).map(([unit, told]) => <option key={unit} value={unit}>{told}</option>)}
            </select>
          </p>
        </>
      )}
      {wrong ? <p role="alert" class="wrong">{refusal(wrong)}</p> : null}
      <p class="acts">
        <button type="submit" class="button" disabled={busy}>{t("campaign_mark")}</button>
        <button type="button" class="link" onClick={leave}>{t("campaign_back")}</button>
      </p>
    </form>
  );
}
