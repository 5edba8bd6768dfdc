import account from './en/account.json';
import browse from './en/browse.json';
import common from './en/common.json';
import diary from './en/diary.json';
import friends from './en/friends.json';
import write from './en/write.json';

export default { ...common, ...account, ...browse, ...diary, ...friends, ...write };
