// A button that opens a menu.
//   button      what stands in the button (words, an icon); its words are the button's name
//   name        the name, where the button has no words
//   class       "button quiet" if left out
//   placement   "bottom-start" if left out; "top-start" from the bar
//   items       acts, or groups of them with a title; an act has
//                 id, label, icon?, key? (a key cap: for the eye only), chosen()
//                 checked?: one of several (drawn as a radio), reason?: why it is not open now (it stays, and says so)
//                 lang?: of its label
// Arrow keys, Home, End and first letters go through the acts; Escape and Tab close. The desk's single keys do nothing
// meanwhile.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon";
import { usePlaced } from "./placed";

export interface MenuItem {
  readonly id: string;
  readonly label: ComponentChildren;
  readonly icon?: IconName;
  readonly key?: ComponentChildren;
  readonly checked?: boolean;
  readonly reason?: string;
  readonly lang?: string;
  readonly chosen: () => void;
}

export interface MenuGroup {
  readonly title: string;
  readonly items: readonly MenuItem[];
}

interface MenuProps {
  readonly button: ComponentChildren;
  readonly name?: string;
  readonly class?: "button quiet" | "person" | "plain-button" | "shown-value" | "rail-menu" | "rail-menu on";
  readonly placement?: "bottom-start" | "bottom-end" | "top-start" | "top-end";
  readonly items: readonly (MenuItem | MenuGroup)[];
}

export function Menu({ button, name, class: look = "button quiet", placement = "bottom-start", items }: MenuProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  usePlaced(anchor, list, open, placement);
  const acts = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
  const focus = (to: HTMLElement | undefined): void => to?.focus();
  const close = (back: boolean): void => {
    setOpen(false);
    if (back) anchor.current?.focus();
  };
  useEffect(() => {
    if (!open) return undefined;
    focus(acts().find((each) => each.getAttribute("aria-checked") === "true") ?? acts()[0]);
    const pressed = (event: Event): void => {
      const on = event.target as Node;
      if (!list.current?.contains(on) && !anchor.current?.contains(on)) close(false);
    };
    document.addEventListener("pointerdown", pressed);
    return () => document.removeEventListener("pointerdown", pressed);
  }, [open]);
  const heard = (event: KeyboardEvent): void => {
    const all = acts();
    const here = all.indexOf(document.activeElement as HTMLElement);
    const to: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(all[(here + 1) % all.length]),
      ArrowUp: () => focus(all[(here - 1 + all.length) % all.length]),
      Home: () => focus(all[0]),
      End: () => focus(all[all.length - 1]),
      Escape: () => close(true),
    };
    const go = to[event.key];
    if (event.key === "Tab") return close(false);
    if (event.key === "Enter" || event.key === " ") return;
    if (go) go();
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const letter = event.key.toLowerCase();
      focus([...all.slice(here + 1), ...all.slice(0, here + 1)].find((each) => each.dataset["label"]?.startsWith(letter)));
    } else return;
    event.preventDefault();
  };
  const row = (each: MenuItem): JSX.Element => (
    <button
      type="button"
      key={each.id}
      class="menu-item"
      role={each.checked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={each.checked}
      aria-disabled={each.reason ? true : undefined}
      tabIndex={-1}
      data-label={typeof each.label === "string" ? each.label.toLowerCase() : undefined}
      {...(each.lang ? { lang: each.lang } : {})}
      onClick={() => {
        if (each.reason) return;
        close(true);
        each.chosen();
      }}
    >
      {each.checked === undefined ? (each.icon ? <Icon name={each.icon} /> : null) : <span class="tick">{each.checked ? <Icon name="check" /> : null}</span>}
      <span class="label">{each.label}{each.reason ? <small>{each.reason}</small> : null}</span>
      {each.key ? <kbd aria-hidden="true">{each.key}</kbd> : null}
    </button>
  );
  return (
    <>
      <button
        type="button"
        class={look}
        ref={anchor}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={name}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" || open) return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {button}
      </button>
      {open ? (
        <div class="menu" role="menu" id={id} ref={list} aria-label={name} onKeyDown={heard}>
          {items.map((each) =>
            "items" in each ? (
              <div key={each.title} role="group" aria-label={each.title}>
                <p class="menu-title" aria-hidden="true">{each.title}</p>
                {each.items.map(row)}
              </div>
            ) : (
              row(each)
            ),
          )}
        </div>
      ) : null}
    </>
  );
}
