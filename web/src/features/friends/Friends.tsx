export default function Friends(_: Record<string, unknown>) { return null; } export { Friends };
