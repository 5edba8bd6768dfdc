export default function DiaryPage(_: Record<string, unknown>) { return null; } export { DiaryPage };
