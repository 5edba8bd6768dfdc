export default function Admin(_: Record<string, unknown>) { return null; } export { Admin };
