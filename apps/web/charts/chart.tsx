import type { EChartsType } from 'echarts/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { loadCode } from '../app/load-code.js';
import { useTheme } from '../app/theme.js';
import { DownloadIcon } from '../ui/icons.js';
import { Menu } from '../ui/menu.js';
import { Card } from '../ui/parts.js';
import { Scroll } from '../ui/scroll.js';
import { downloadCsv, downloadUrl, fileName, type Table } from './download.js';
import { drawSoon, forget } from './draw-queue.js';
import type { ChartOption } from './option.js';
import { type Palette, paletteOf } from './palette.js';
import { type ChartClick, trialAt } from './trial-at.js';

export interface ChartProps {
  readonly title: string;
  readonly hint?: ReactNode;
  /** What is drawn, in the colours of the theme. */
  readonly option: (palette: Palette) => ChartOption;
  /** What the picture says, for those who do not see it. */
  readonly summary: string;
  /** The numbers behind it. */
  readonly table: () => Table;
  readonly height?: number;
  /** Where there is less room, the picture is scrolled. */
  readonly minWidth?: number;
  readonly actions?: ReactNode;
  readonly legend?: ReactNode;
  readonly className?: string;
  /** A point or a line was clicked: what its `data` has as `trialId`. */
  readonly onTrial?: (trialId: string) => void;
  readonly onReady?: (chart: EChartsType) => void;
  /** What is drawn is another now. */
  readonly onDrawn?: (chart: EChartsType) => void;
}

/** A picture with its title, what it says in words, and its two exports. */
export function Chart(props: ChartProps) {
  const {
    title,
    hint,
    option,
    summary,
    table,
    height = 300,
    minWidth = 0,
    actions,
    legend,
    className = '',
    onTrial,
    onReady,
    onDrawn,
  } = props;
  const [theme] = useTheme();
  const host = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<EChartsType | null>(null);
  const handlers = useRef({ onTrial, onReady, onDrawn });
  handlers.current = { onTrial, onReady, onDrawn };

  useEffect(() => {
    let made: EChartsType | undefined;
    let isGone = false;
    let observer: ResizeObserver | undefined;
    const code = loadCode(() => import('./echarts.js'));
    code.catch(() => {}); // the numbers can still be saved
    void code.then(({ init }) => {
      if (isGone || host.current === null) return;
      made = init(host.current, null, { renderer: 'canvas' });
      made.on('click', (event) => {
        const id = made === undefined ? null : trialAt(made, event as ChartClick);
        if (id !== null) handlers.current.onTrial?.(id);
      });
      observer = new ResizeObserver(() => made?.resize());
      observer.observe(host.current);
      handlers.current.onReady?.(made);
      setChart(made);
    });
    return () => {
      isGone = true;
      observer?.disconnect();
      if (made !== undefined) forget(made);
      made?.dispose();
    };
  }, []);

  useEffect(() => {
    if (chart === null) return;
    drawSoon(chart, () => {
      chart.setOption(option(paletteOf(theme)), { notMerge: true });
      handlers.current.onDrawn?.(chart);
      chart.getZr().flush();
    });
  }, [chart, option, theme]);

  const savePicture = () => {
    const backgroundColor = paletteOf(theme).surface;
    if (chart !== null)
      downloadUrl(chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor }), fileName(title, 'png'));
  };
  return (
    <Card
      title={title}
      hint={hint}
      className={`chart-card ${className}`}
      actions={
        <>
          {actions}
          <Menu button={<DownloadIcon />} label={`Export ${title}`} className="button quiet tiny">
            <button type="button" onClick={savePicture} data-closes>
              Picture (PNG)
            </button>
            <button type="button" onClick={() => downloadCsv(table(), fileName(title, 'csv'))} data-closes>
              Numbers (CSV)
            </button>
          </Menu>
        </>
      }
    >
      <Scroll label={title}>
        <div ref={host} className="chart" style={{ height, minWidth }} role="img" aria-label={`${title}. ${summary}`} />
      </Scroll>
      {legend}
    </Card>
  );
}
