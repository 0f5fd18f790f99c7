import { BookPlus, FlaskConical, Link, Lock, PlaneTakeoff, Undo2, Users } from "lucide-react";
import { useState } from "react";
import type { Kit, StartState } from "../../bridge/types/start";
import { useI18n } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Mark } from "../../ui/Mark";
import { Notice } from "../../ui/Notice";
import { Choice } from "./Choice";
import { CreateForm } from "./CreateForm";
import { JoinForm } from "./JoinForm";
import { Looks } from "./Looks";
import { SampleForm } from "./SampleForm";
import styles from "./StartPage.module.css";

type Way = "join" | "create" | "sample";

interface Props {
  state: StartState;
  onMaking: (making: boolean) => void;
  onMade: (kit: Kit) => void;
}

// StartPage offers the ways to begin as one list; the chosen one unfolds where
// it stands (UX.md 6.1).
export function StartPage(props: Props) {
  const { t } = useI18n();
  const [way, setWay] = useState<Way | null>("join");
  const choice = (of: Way) => ({
    open: way === of,
    title: t(`start.${of}.title`),
    text: t(`start.${of}.text`),
    onToggle: () => setWay(way === of ? null : of),
  });
  return (
    <div className={styles.page}>
      <Promises state={props.state} />
      <main className={styles.choices}>
        <h1 className={styles.title}>{t("start.title")}</h1>
        {props.state.reason === "unfinished" ? (
          <Notice tone="warn">{t("start.unlock.reason.unfinished")}</Notice>
        ) : null}
        <div className={styles.list}>
          <Choice icon={Link} {...choice("join")}>
            <JoinForm state={props.state} />
          </Choice>
          <Choice icon={BookPlus} {...choice("create")}>
            <CreateForm state={props.state} onMaking={props.onMaking} onMade={props.onMade} />
          </Choice>
          <Choice icon={FlaskConical} {...choice("sample")}>
            <SampleForm state={props.state} />
          </Choice>
        </div>
      </main>
    </div>
  );
}

const promises = [
  { of: "together", icon: Users },
  { of: "offline", icon: PlaneTakeoff },
  { of: "sealed", icon: Lock },
  { of: "undo", icon: Undo2 },
] as const;

function Promises(props: { state: StartState }) {
  const { t } = useI18n();
  return (
    <aside className={styles.promises}>
      <div className={styles.brand}>
        <Mark size={34} />
        <strong>{t("shell.product")}</strong>
      </div>
      <div>
        <p className={styles.lead}>{t("start.lead1")}</p>
        <p className={styles.lead}>{t("start.lead2")}</p>
        <ul className={styles.reasons}>
          {promises.map(({ of, icon }) => (
            <li key={of}>
              <Icon of={icon} size="large" tone="accent" />
              <div>
                <strong>{t(`start.promise.${of}`)}</strong>
                <p>{t(`start.promise.${of}Text`)}</p>
              </div>
            </li>
          ))}
        </ul>
      </div>
      <footer className={styles.foot}>
        <Looks />
        <span>{props.state.version}</span>
      </footer>
    </aside>
  );
}
