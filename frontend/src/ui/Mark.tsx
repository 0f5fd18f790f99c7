// The mark: 册 drawn as two leaves and a thread.
export function Mark(props: { size?: number }) {
  const size = props.size ?? 24;
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect width="24" height="24" rx="5" fill="var(--fill)" />
      <g fill="none" stroke="var(--on-fill)" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round">
        <path d="M6.5 17.5v-10a1 1 0 0 1 1-1h2a1 1 0 0 1 1 1v10M13.500 17.500v-10a1 1 0 0 1 1-1h2a1 1 0 0 1 1 1v10" />
        <path d="M4.500 12h15" />
      </g>
    </svg>
  );
}
