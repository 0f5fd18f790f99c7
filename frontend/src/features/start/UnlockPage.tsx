import type { StartState } from "../../bridge/types/start";

export function UnlockPage(props: { state: StartState }) {
  return <h1>{props.state.workspace}</h1>;
}
