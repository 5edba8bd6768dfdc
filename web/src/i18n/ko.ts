import account from './ko/account.json';
import browse from './ko/browse.json';
import common from './ko/common.json';
import diary from './ko/diary.json';
import friends from './ko/friends.json';
import write from './ko/write.json';

export default { ...common, ...account, ...browse, ...diary, ...friends, ...write };
