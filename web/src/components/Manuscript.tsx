import { useMemo, type CSSProperties } from 'react';

import styles from './manuscript.module.css';
import { classes } from '@/lib/classes';
import { manuscript, rowsOf, suitsSquares, type Cell } from '@/lib/manuscript';

const COLUMNS = 10;
/** Longer texts are written on ruled lines: squares would run for pages. */
const SQUARED_ROWS = 16;

interface WrittenTextProps {
  text: string;
  /** Shows the first rows only, for lists. */
  rows?: number;
  columns?: number;
}

/** The text of an entry, on squared paper or on ruled lines. */
export function WrittenText({ text, rows, columns = COLUMNS }: WrittenTextProps) {
  const isSquared = suitsSquares(text) && (rows !== undefined || rowsOf(text, columns) <= SQUARED_ROWS);
  return isSquared ? <Squares text={text} rows={rows} columns={columns} /> : <Ruled text={text} rows={rows} />;
}

function Squares({ text, rows, columns }: { text: string; rows: number | undefined; columns: number }) {
  const lines = useMemo(() => manuscript(text, columns), [text, columns]);
  const shown = rows === undefined ? lines : lines.slice(0, rows);
  const isCut = shown.length < lines.length;
  return (
    <div className={classes(styles.squares, isCut && styles.cut)} style={{ '--columns': columns } as CSSProperties}>
      {/* Squares mean nothing to a screen reader, nor to whoever copies the text. */}
      <p className="unseen">{text}</p>
      <div aria-hidden="true" className={styles.grid}>
        {shown.map((line, row) => (
          <div key={row} className={styles.row}>
            {Array.from({ length: columns }, (_, column) => (
              <Square key={column} cell={line[column]} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function Square({ cell }: { cell: Cell | undefined }) {
  if (cell === undefined || cell.kind === 'blank') return <span className={styles.square} />;
  return (
    <span className={classes(styles.square, styles[cell.kind])}>
      {cell.text}
      {cell.tail && <span className={styles.tail}>{cell.tail}</span>}
    </span>
  );
}

function Ruled({ text, rows }: { text: string; rows: number | undefined }) {
  const style = rows === undefined ? undefined : ({ '--rows': rows } as CSSProperties);
  return (
    <div className={classes(styles.ruled, rows !== undefined && styles.clamped)} style={style}>
      {text
        .split(/\n+/)
        .filter((line) => line.trim() !== '')
        .map((line, index) => (
          <p key={index}>{line}</p>
        ))}
    </div>
  );
}
