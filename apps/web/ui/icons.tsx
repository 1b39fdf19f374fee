import type { ReactNode } from 'react';

/** Icons of one stroke, 16 by 16; they stand beside words, so they are hidden from screen readers. */
const icon = (shape: ReactNode) => (
  <svg
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {shape}
  </svg>
);

export const PauseIcon = () => icon(<path d="M5.5 3.5v9M10.5 3.5v9" />);
export const PlayIcon = () => icon(<path d="M5 3.2v9.6l7.5-4.8z" />);
export const StopIcon = () => icon(<rect x="4" y="4" width="8" height="8" rx="1" />);
export const CopyIcon = () => icon(<path d="M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z" />);
export const PlusIcon = () => icon(<path d="M8 3v10M3 8h10" />);
export const DownloadIcon = () => icon(<path d="M8 2.5v7.5M5 7.5l3 3 3-3M3 13.5h10" />);
export const SunIcon = () =>
  icon(
    <>
      <circle cx="8" cy="8" r="2.8" />
      <path d="M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
    </>,
  );
export const MoonIcon = () => icon(<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" />);
export const CloseIcon = () => icon(<path d="M4 4l8 8M12 4l-8 8" />);
export const ArrowIcon = () => icon(<path d="M3 8h10M9 4l4 4-4 4" />);
export const ColumnsIcon = () => icon(<path d="M2.5 3h11v10h-11zM6.2 3v10M9.9 3v10" />);
