export default function DiaryEntry(_: Record<string, unknown>) { return null; } export { DiaryEntry };
