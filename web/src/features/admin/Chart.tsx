import ApexCharts, { type ApexOptions } from 'apexcharts';
import 'apexcharts/dist/apexcharts.css';
import { useEffect, useRef, useSyncExternalStore } from 'react';

import styles from './admin.module.css';

interface ChartProps {
  title: string;
  kind?: 'bar' | 'donut';
  stacked?: boolean;
  series: { name: string; data: number[] }[];
  categories: string[];
}

const CRAYONS = ['--crayon-blue', '--crayon-red', '--crayon-yellow', '--crayon-grey', '--crayon-green'];

export default function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const isDark = useDark();
  const told = JSON.stringify(props);
  useEffect(() => {
    if (!place.current) return undefined;
    const chart = new ApexCharts(place.current, optionsOf(JSON.parse(told) as ChartProps, isDark));
    void chart.render();
    return () => chart.destroy();
  }, [told, isDark]);
  // Its numbers are in the table below; the drawing itself says nothing to a screen reader.
  return (
    <div className={styles.drawing} aria-hidden="true">
      <div ref={place} />
      <Legend {...props} />
    </div>
  );
}

function Legend({ kind, series, categories }: ChartProps) {
  const names = kind === 'donut' ? categories : series.map(({ name }) => name);
  if (names.length < 2) return null;
  return (
    <ul className={styles.legend}>
      {names.map((name, index) => (
        <li key={name}>
          <span style={{ background: `var(${CRAYONS[index % CRAYONS.length] ?? ''})` }} />
          {name}
        </li>
      ))}
    </ul>
  );
}

function optionsOf({ kind = 'bar', stacked = false, series, categories }: ChartProps, isDark: boolean): ApexOptions {
  const look = getComputedStyle(document.documentElement);
  const colour = (name: string) => look.getPropertyValue(name).trim();
  const base: ApexOptions = {
    chart: {
      type: kind,
      height: 280,
      stacked,
      background: 'transparent',
      fontFamily: colour('--face-interface'),
      foreColor: colour('--ink-soft'),
      toolbar: { show: false },
      animations: { enabled: false },
    },
    colors: CRAYONS.map(colour),
    theme: { mode: isDark ? 'dark' : 'light' },
    grid: { borderColor: colour('--line') },
    // Its own would bring a style element, which the content security policy forbids.
    legend: { show: false },
    dataLabels: { enabled: kind === 'donut' },
  };
  if (kind === 'donut') {
    const numbers = series[0]?.data ?? [];
    return { ...base, series: numbers, labels: categories, stroke: { colors: [colour('--paper')] } };
  }
  return {
    ...base,
    series,
    xaxis: { categories, axisBorder: { color: colour('--line') }, axisTicks: { show: false } },
    yaxis: { min: 0, forceNiceScale: true, labels: { formatter: (value) => String(Math.round(value)) } },
    plotOptions: { bar: { borderRadius: 2, columnWidth: '64%' } },
  };
}

function useDark(): boolean {
  return useSyncExternalStore(watchTheme, () => getComputedStyle(document.documentElement).colorScheme === 'dark');
}

function watchTheme(listener: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
}
