/**
 * The interface that our stand-ins share with the contracts on Aztec's networks, as those have it.
 *
 * Copied from the domain reference, where the selectors were computed with `cast sig` from the originals' signatures.
 * It must never be made from our own ABIs: it is what they are measured against.
 */

export const STAKING_REGISTRY = {
  functions: {
    '0x2dd2eb5e': 'PULL_SPLIT_FACTORY()',
    '0x03c230e3': 'STAKING_ASSET()',
    '0x1317d1b8': 'ROLLUP_REGISTRY()',
    '0x2c9a9db5': 'nextProviderIdentifier()',
    '0xdc5aca93': 'providerConfigurations(uint256)',
    '0x050fb677': 'providerQueues(uint256)',
    '0x5f75275b': 'pendingProviderAdmins(uint256)',
    '0x28f34d3c': 'getProviderQueueLength(uint256)',
    '0x2a9e42c1': 'getFirstIndexInQueue(uint256)',
    '0x834d1091': 'getLastIndexInQueue(uint256)',
    '0x2ba4d02d': 'getValueAtIndexInQueue(uint256,uint128)',
    '0x76fcb2ab': 'getActivationThreshold(uint256)',
    '0xea4a1e03': 'registerProvider(address,uint16,address)',
    '0xe2530fd1':
      'addKeysToProvider(uint256,(address,(uint256,uint256),(uint256,uint256,uint256,uint256),(uint256,uint256))[])',
    '0xae996dc5': 'updateProviderAdmin(uint256,address)',
    '0x22b2b62d': 'acceptProviderAdmin(uint256)',
    '0x48922b95': 'updateProviderRewardsRecipient(uint256,address)',
    '0xcea00fa5': 'updateProviderTakeRate(uint256,uint16)',
    '0x26f7424f': 'dripProviderQueue(uint256,uint256)',
    '0x6fde9315': 'stake(uint256,uint256,address,uint16,address,bool)',
  },
  events: {
    '0x43fe1b4477c9a580955f586c904f4670929e184ef4bef4936221c52d0a79a75b':
      'ProviderRegistered(uint256 indexed,address indexed,uint16 indexed)',
    '0xd381857c9c5d677780d13306b42c792e92744dbdfa920fe601d671dc8e1793c1':
      'ProviderAdminUpdateInitiated(uint256 indexed,address indexed)',
    '0xea1fd99243b41c0449ac314627c3aeeab6309a80f25fb8b1f8457d49efec91c7':
      'ProviderAdminUpdated(uint256 indexed,address indexed)',
    '0xe1e5d3bc252ff6f708999555a6123770d124eb8e484120e49c296ef88df1ff72':
      'ProviderTakeRateUpdated(uint256 indexed,uint16)',
    '0x531187eeb6da46ef038e0fbe1fde716531bdf460767f60e38dd64e3568a611a3':
      'ProviderRewardsRecipientUpdated(uint256 indexed,address indexed)',
    '0x973a89c42abd20693a9268df8b16ebbf2ef4e660750a885ff8f8fc5936413301':
      'ProviderQueueDripped(uint256 indexed,address indexed)',
    '0x8dc338d3490cc6b09bdcf6e2a20a42d02c2da00c19901dea14363bc2897e87ab':
      'AttestersAddedToProvider(uint256 indexed,address[])',
    '0xc91c8b4e934fb8f46c6d08a34d60ceb8dbe4ab6844a7040ca4c580e5a837d5c7':
      'StakedWithProvider(uint256 indexed,address indexed,address indexed,address,address)',
  },
  errors: {
    '0x9c3f5a83': 'StakingRegistry__ZeroAddress()',
    '0x9ce3a1ea': 'StakingRegistry__InvalidProviderIdentifier(uint256)',
    '0x6b696822': 'StakingRegistry__NotProviderAdmin()',
    '0x743cb320': 'StakingRegistry__UpdatedProviderAdminToSameAddress()',
    '0x4f362738': 'StakingRegistry__UpdatedProviderTakeRateToSameValue()',
    '0x12306850': 'StakingRegistry__NotPendingProviderAdmin()',
    '0x85c71a35': 'StakingRegistry__InvalidTakeRate(uint256)',
    '0x3b00200c': 'StakingRegistry__UnexpectedTakeRate(uint256,uint256)',
    '0x63c36549': 'QueueIsEmpty()',
    '0x648f63f6': 'QueueIndexOutOfBounds()',
    '0x5274afe7': 'SafeERC20FailedOperation(address)',
  },
};

export const PULL_SPLIT = {
  functions: {
    '0x6d224489': 'splitHash()',
    '0xdfb7ce83': 'SPLITS_WAREHOUSE()',
    '0x5c975abb': 'paused()',
    '0xb8d63f45': 'getSplitBalance(address)',
    '0x2d3f5537': 'distribute((address[],uint256[],uint256,uint16),address,address)',
    '0xd47b287e': 'distribute((address[],uint256[],uint256,uint16),address,uint256,bool,address)',
  },
  events: {
    '0x52cd08e805db808b670064dedc5cf97374a918fc17c82d7097753189550e8d51':
      'SplitUpdated((address[],uint256[],uint256,uint16))',
    '0x562c19c0e7b3493417e3cf5103baa939f4d0e9c1087be236aebb46b84e09c7d9':
      'SplitDistributed(address indexed,address indexed,uint256)',
  },
  errors: { '0xbcd55b0f': 'InvalidSplit()' },
};

export const SPLIT_FACTORY = {
  functions: {},
  events: {
    '0xf36c74b44f70742fdc66fe7f34107c9e5025433a131e7797e9203203a3a74428':
      'SplitCreated(address indexed,(address[],uint256[],uint256,uint16),address,address,uint256)',
  },
  errors: {},
};

export const WAREHOUSE = {
  functions: {
    '0xf940e385': 'withdraw(address,address)',
    '0x00fdd58e': 'balanceOf(address,uint256)',
    '0x10c07f2f': 'withdrawConfig(address)',
  },
  events: {
    '0xfbde797d201c681b91056529119e0b02407c7bb96a4a2c75c01fc9667232c8db':
      'Withdraw(address indexed,address indexed,address indexed,uint256,uint256)',
  },
  errors: { '0xc7f7362e': 'WithdrawalPaused(address)' },
};
