import { Segmented as AntSegmented } from "antd";

// Segmented chooses one of a few by arrow keys or click.
export function Segmented<V extends string>(props: {
  label: string;
  value: V;
  options: readonly { value: V; label: string }[];
  onChange: (value: V) => void;
}) {
  return (
    <AntSegmented<V>
      aria-label={props.label}
      value={props.value}
      options={[...props.options]}
      onChange={props.onChange}
    />
  );
}
