// The mark: 册 drawn as two leaves and a thread.
export function Mark(props: { size?: number }) {
  const size = props.size ?? 24;
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="5" fill="var(--fill)" />
      <g fill="none" stroke="var(--on-fill)" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round">
        <rect x="6.5" y="6.5" width="4.5" height="11" rx="1" />
        <rect x="13" y="6.5" width="4.5" height="11" rx="1" />
        <path d="M4.5 12h15" />
      </g>
    </svg>
  );
}
