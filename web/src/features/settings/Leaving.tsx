export default function Leaving(_: Record<string, unknown>) { return null; } export { Leaving };
