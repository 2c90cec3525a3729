// The bar at the foot of a case: it never moves. The first line is the decision, what is doubted about it and what is not
// admitted; the second one the other acts, and what was done last.
//   label    its name
//   decide   the first button, and the menus with the values of the decision
//   doubts   chips
//   acts     buttons of the other acts
//   toast    what was done last (Toast), where the page has none of its own: the desk's stands over the end of this line
import type { ComponentChildren, JSX } from "preact";

interface ActionBarProps {
  readonly label: string;
  readonly decide: ComponentChildren;
  readonly doubts?: ComponentChildren;
  readonly acts?: ComponentChildren;
  readonly toast?: ComponentChildren;
}

export function ActionBar({ label, decide, doubts, acts, toast }: ActionBarProps): JSX.Element {
  return (
    <section class="action-bar" aria-label={label}>
      <div class="bar-line">
        {decide}
        <div class="bar-doubts">{doubts}</div>
      </div>
      <div class="bar-line">
        <div class="bar-acts">{acts}</div>
        {toast ? <div class="bar-toast" role="status">{toast}</div> : null}
      </div>
    </section>
  );
}
