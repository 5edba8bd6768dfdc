export default function DiaryWrite(_: Record<string, unknown>) { return null; } export { DiaryWrite };
