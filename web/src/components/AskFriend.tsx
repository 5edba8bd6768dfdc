export default function AskFriend(_: Record<string, unknown>) { return null; } export { AskFriend };
