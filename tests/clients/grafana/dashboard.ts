// A dashboard as Grafana declares it, with the panels that are shipped told apart by their kind. dashboards.test.mjs makes a JSON
// schema of it.
import type { Dashboard as Declared, FieldConfigSource, Panel as AnyPanel } from '@grafana/schema';
import type { FieldConfig as BarChartField, Options as BarChart } from '@grafana/schema/dist/esm/raw/composable/barchart/panelcfg/x/BarChartPanelCfg_types.gen';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { FieldConfig as TableField, Options as Table } from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type { FieldConfig as TimeSeriesField, Options as TimeSeries } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** What is left out has Grafana's own default. */
type Sparse<Of> = Of extends (infer Item)[]
  ? Sparse<Item>[]
  : Of extends object
    ? { [Key in keyof Of]?: Sparse<Of[Key]> }
    : Of;

type Field<Custom> = Omit<FieldConfigSource, 'defaults'> & {
  defaults: Omit<FieldConfigSource['defaults'], 'custom'> & { custom?: Sparse<Custom> };
};

type Panel<Kind extends string, Options, Custom> = Omit<AnyPanel, 'type' | 'options' | 'fieldConfig'> & {
  type: Kind;
  options: Sparse<Options>;
  fieldConfig: Field<Custom>;
};

/** What a file of config/grafana/dashboards has to be. */
export type Dashboard = Omit<Declared, 'panels'> & {
  panels: (
    | Panel<'barchart', BarChart, BarChartField>
    | Panel<'stat', Stat, Record<string, never>>
    | Panel<'table', Table, TableField>
    | Panel<'timeseries', TimeSeries, TimeSeriesField>
  )[];
};
