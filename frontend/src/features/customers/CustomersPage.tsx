import { useQuery } from "@tanstack/react-query";
import { FileInput, FileOutput, Plus } from "lucide-react";
import { useBridge } from "../../bridge/context";
import { keys } from "../../bridge/keys";
import { useI18n } from "../../i18n";
import { go } from "../../lib/route";
import { useErrorText } from "../../lib/useErrorText";
import { Button } from "../../ui/Button";
import { EmptyState } from "../../ui/EmptyState";
import { Page } from "../../ui/Page";
import { BookNews } from "./BookNews";
import { Card } from "./Card";
import { CardDock } from "./CardDock";
import styles from "./CustomersPage.module.css";
import { Empty } from "./Empty";
import { ExportDialog } from "./ExportDialog";
import { FilterBar } from "./FilterBar";
import { Footer } from "./Footer";
import { List } from "./List";
import { NewDialog } from "./NewDialog";
import { NoMatch } from "./NoMatch";
import { narrowed } from "./query";
import { Toolbar } from "./Toolbar";
import { useCustomersPage } from "./useCustomersPage";
import { useSchema } from "./useSchema";

// CustomersPage is home: list and card. The path is [], [id], [id, "page"],
// ["batch", batch], ["search", text], ["bin"] or ["new", name].
export function CustomersPage(props: { path: readonly string[] }) {
  const schema = useSchema();
  return schema ? <Loaded path={props.path} schema={schema} /> : null;
}

function Loaded({ path, schema }: { path: readonly string[]; schema: NonNullable<ReturnType<typeof useSchema>> }) {
  const { t } = useI18n();
  const errorText = useErrorText();
  const bridge = useBridge();
  const start = useQuery({ queryKey: keys.start(), queryFn: () => bridge.start.state() });
  const page = useCustomersPage(path, schema);
  const { state, layout, rows, openID } = page;
  // A book whose index is being made anew looks empty and is not.
  const indexing = useQuery({ queryKey: keys.sync(), queryFn: () => bridge.sync.status() }).data?.toIndex !== 0;
  const plain = !narrowed(state) && state.view === "all";
  const none = !indexing && rows.ready && page.counted && page.counts.all === 0 && plain;
  const empty = none && page.counts.deleted === 0;
  const card = openID ? (
    <Card id={openID} schema={schema} asPage={page.asPage} onPage={page.togglePage} onClose={page.close} />
  ) : null;
  if (page.asPage && card) return card;
  return (
    <Page
      title={t("customers.title")}
      rule={empty}
      actions={
        <>
          {start.data?.abilities.includes("export") && !empty ? (
            <Button icon={FileOutput} onClick={() => page.setExporting(true)}>
              {t("customers.export.button")}
            </Button>
          ) : null}
          {start.data?.abilities.includes("import") ? (
            <Button icon={FileInput} onClick={() => go("import")}>
              {t("customers.import")}
            </Button>
          ) : null}
          <Button kind="primary" icon={Plus} onClick={() => page.startNew("")}>
            {t("customers.new")}
          </Button>
        </>
      }
    >
      {empty ? (
        <Empty state={start.data} onNew={() => page.startNew("")} />
      ) : (
        <div className={styles.body}>
          <div className={styles.list} ref={page.listRef} data-region="list">
            <Toolbar
              state={state}
              layout={layout}
              schema={schema}
              counts={page.counts}
              filtering={page.filtering}
              searchRef={page.searchRef}
              onState={page.change}
              onLayout={page.setLayout}
              onFiltering={page.toggleFilters}
              onGrid={page.focusGrid}
            />
            {page.filtering || state.filters.length > 0 || state.batch ? (
              <FilterBar
                filters={state.filters}
                batch={state.batch}
                schema={schema}
                onFilters={(filters) => page.change({ filters })}
                onBatch={(batch) => page.change({ batch })}
              />
            ) : null}
            <BookNews />
            {rows.error ? (
              <EmptyState title={errorText(rows.error)} />
            ) : none ? (
              <EmptyState
                title={t("customers.empty.removed")}
                text={t("customers.empty.removedText", { n: page.counts.deleted })}
                actions={
                  <Button onClick={() => page.change({ view: "deleted" })}>{t("customers.empty.openBin")}</Button>
                }
              />
            ) : rows.ready && rows.total === 0 && !(plain && (indexing || !page.counted)) ? (
              <NoMatch
                state={state}
                request={page.request}
                schema={schema}
                onFilters={(filters) => page.change({ filters })}
                onText={(text) => page.change({ text })}
                onNew={page.startNew}
              />
            ) : (
              <List
                fit={card !== null}
                rows={rows}
                schema={schema}
                layout={layout}
                columns={page.columns}
                active={page.active}
                openID={openID}
                onLayout={page.setLayout}
                onActive={page.setActive}
                onOpen={page.openAt}
              />
            )}
            <Footer total={rows.total} all={page.counts.all} narrowed={narrowed(state)} millis={rows.millis} />
          </div>
          {card ? (
            <CardDock
              width={layout.card}
              label={t("customers.card.label")}
              onWidth={(width) => page.setLayout({ card: width })}
            >
              {card}
            </CardDock>
          ) : null}
        </div>
      )}
      <ExportDialog
        open={page.exporting}
        request={page.request}
        total={rows.total}
        schema={schema}
        onClose={() => page.setExporting(false)}
      />
      <NewDialog
        open={page.creating !== null}
        name={page.creating ?? ""}
        schema={schema}
        state={start.data}
        onClose={page.stopNew}
      />
    </Page>
  );
}
