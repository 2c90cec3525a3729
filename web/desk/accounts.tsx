// The administrator's page: who has an account, what it may do, and which unit nobody can sign in for.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { folded } from "./folded";
import { useKeys } from "./keys";
import { useAsking } from "./latest-request";
import { useMedia } from "./media";
import { refusal } from "./refusals";
import { everybody, type Member } from "./staff";
import { Empty } from "./ui/states";
import { type Column, Table } from "./ui/table";
import { Tile, Tiles } from "./ui/tile";
import { Said } from "./untrusted-text";
import { named, number, t, words } from "./words";

type Role = Member["role"];
type Shown = Role | "off" | "units" | undefined;

interface Line {
  readonly id: string;
  readonly name: string;
  readonly member?: Member;
  readonly place: string;
}

const ROLES: readonly Role[] = ["analyst", "supervisor", "officer", "prosecutor", "custodian", "auditor", "admin"];

const placeOf = ({ unit, office, court }: Member): string =>
  unit ? named(words.units, unit) : office ? `${named(words.prosecutors, office)}, ${named(words.courts, court ?? "")}` : "";

export function Accounts(): JSX.Element {
  const [people, setPeople] = useState<readonly Member[]>();
  const [wrong, setWrong] = useState("");
  const [shown, show] = useState<Shown>();
  const [typed, type] = useState("");
  const narrow = useMedia("(max-width: 40rem)");
  const ask = useAsking();
  const load = (): void => {
    setWrong("");
    ask(everybody(), setPeople, setWrong);
  };
  useEffect(load, []);
  useKeys((act) => {
    if (act !== "leave" || !(shown || typed)) return false;
    show(undefined);
    type("");
    return true;
  });
  const all = people ?? [];
  const off = all.filter((each) => !each.active);
  const reached = new Set(all.flatMap((each) => (each.active && each.unit ? [each.unit] : [])));
  const alone = people ? Object.keys(words.units).filter((unit) => !reached.has(unit)) : [];
  const wanted = folded(typed.trim());
  const lines = (shown === "units" ? alone.map(ofUnit) : all.filter((each) => !shown || each.role === shown || (shown === "off" && !each.active)).map(ofMember)).filter(
    ({ name, place }) => !wanted || folded(`${name} ${place}`).includes(wanted),
  );
  const press = (to: Shown): void => show(shown === to ? undefined : to);
  return (
    <main class="list accounts" id="main" aria-busy={!people && !wrong}>
      <h1 class="page-title">{t("accounts")}</h1>
      <Tiles name={t("accounts_shown")}>
        <Tile figure={number(alone.length)} label={t("accounts_units")} kind="late" on={shown === "units"} press={() => press("units")} />
        <Tile figure={number(off.length)} label={t("accounts_off")} kind="doubt" on={shown === "off"} press={() => press("off")} />
        {ROLES.map((role) => <Tile key={role} figure={number(all.filter((each) => each.role === role).length)} label={t(`role_${role}`)} on={shown === role} press={() => press(role)} />)}
      </Tiles>
      <p class="tools">
        <label for="accounts-typed" class="hidden-text">{t("accounts_typed")}</label>
        <input id="accounts-typed" type="search" placeholder={t("accounts_typed")} value={typed} onInput={(event) => type(event.currentTarget.value)} />
        <span role="status" class="hint">{people ? t("accounts_n", { n: number(lines.length), all: number(shown === "units" ? alone.length : all.length) }) : ""}</span>
      </p>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={load}>{t("retry")}</button></p> : null}
      <Table
        caption={shown === "units" ? t("accounts_units") : t("accounts")}
        columns={columnsOf(shown, narrow)}
        rows={lines}
        idOf={({ id }) => id}
        waiting={!people && !wrong}
        empty={people ? <Empty title={t("accounts_none")} icon="check" /> : null}
        foot={<span class="hint">{t("accounts_hint")}</span>}
      />
    </main>
  );
}

const ofMember = (member: Member): Line => ({ id: member.subject, name: member.name, member, place: placeOf(member) });
const ofUnit = (unit: string): Line => ({ id: unit, name: named(words.units, unit), place: "" });

/** A telephone has room for one column. */
function columnsOf(shown: Shown, narrow: boolean): readonly Column<Line>[] {
  const name: Column<Line> = { id: "name", head: t(shown === "units" ? "unit" : "name"), cell: (line) => <Named line={line} role={narrow} />, sortBy: (line) => line.name, title: true };
  if (narrow || shown === "units") return [name];
  const role: Column<Line> = { id: "role", head: t("role"), width: "15rem", cell: ({ member }) => member && t(`role_${member.role}`), sortBy: ({ member }) => member && t(`role_${member.role}`) };
  return [
    name,
    role,
    { id: "place", head: t("unit"), width: "24rem", cell: ({ place }) => place || "–", sortBy: ({ place }) => place || undefined },
    { id: "account", head: t("account"), width: "9rem", cell: ({ member }) => (member?.active ? t("account_on") : <b>{t("account_off")}</b>), sortBy: ({ member }) => (member?.active ? 1 : 0) },
  ];
}

function Named({ line: { name, member }, role }: { line: Line; role: boolean }): JSX.Element {
  return <><Said text={name} />{role && member ? <small> · {t(`role_${member.role}`)}{member.active ? "" : ` · ${t("account_off")}`}</small> : null}</>;
}
