//! The names of the rights as the 2020 release has them; other releases have others.

/// The flags of `securityRights`, separated by blanks.
pub const SECURITY_FLAGS: &str = "\
    accessAllInteractionConferences accessOwnedInteractionConferences accountCodeVerification \
    addIndividuals addOrganizations agentPreferences allowAccessToProblemReporter allowAgentRules \
    allowAgentScheduleBidding allowAgentSeeOwnRank allowAgentSeeRelativeRank allowAlertProgramming \
    allowEmailAccessViaTui allowEmailAlerts allowFaxAccessViaTui allowHandlerAlerts allowIntercomChat \
    allowMemoAlerts allowMiniMode allowMonitorColumns allowMultipleCalls allowPersistentConnections \
    allowReceiveVoicemail allowRelatedInteractionsPage allowResponseManagement allowSpeedDials \
    allowStatusNotes allowUserDefinedTelephoneNumberOnRemoteLogin allowVideo allowVoiceMaiAccessViaTui \
    allowWorkgroupStats canAccessOptimizerShiftTrading canCoachInteractions canConferenceCalls \
    canCreateEmailAttendantProfile canCreateInboundAttendantProfile canCreateOperatorAttendantProfile \
    canCreateOptimizerActivityCodes canCreateOptimizerDayClassifications \
    canCreateOutboundAttendantProfile canCreateQuestionnaireDirectories canCreateSchedulingUnits \
    canDeleteOptimizerActivityCodes canDeleteOptimizerDayClassifications canDeleteSchedulingUnits \
    canDisconnectInteractions canInitiateRecordingSnippet canInitiateSecureInput canJoinInteractions \
    canListenInOnInteractions canManageClientTemplates canModifyOptimizerActivityCodes \
    canModifyOptimizerDayClassifications canModifyOptimizerStatusActivityTypeMapping canMuteInteractions \
    canOrbitQueue canOverrideFinishedScorecards canParkInteractions canPauseInteractions \
    canPickupInteractions canPublishProcess canPutInteractionsOnHold canRecordInteractions \
    canRequestAssistanceFromSupervisor canSecureRecordingPauseInteractions canSubmitTimeOff \
    canTransferInteractions canTransferInteractionsToVoicemail canUserInteractionRecorderSelector \
    canViewOptimizerActivityCodes canViewOptimizerDayClassifications \
    canViewOptimizerStatusActivityTypeMapping customizeClient dataExtractorJobAdmin debugHandlers \
    deleteIndividuals deleteOrganizations directoryAdmin followMe havePrivateContacts \
    interactionRecorderMasterKeyPasswordAdministrator iPPhoneProvisioningAdmin lockPolicySets \
    loginCampaign manageHandlers mobileOfficeUser modifyConfigurationChangeAuditing \
    modifyConfigurationGeneral modifyConfigurationHTTPServer modifyConfigurationOutboundServers \
    modifyConfigurationPhoneNumberTypes modifyConfigurationPreviewCallBehavior modifyIndividuals \
    modifyInteractions modifyOrganizations outlookTuiUser privateCalls publishHandlers remoteControl \
    reporterAdministrator requireForcedAuthorizationCode runContactListPredefinedActions \
    showAssistanceButton showCoachButton showDisconnectButton showHoldButton showJoinButton \
    showListenButton showMuteButton showParkButton showPauseButton showPickupButton showPrivateButton \
    showRecordButton showRecordingSnippetButton showSecureInputButton showSecureRecordingPauseButton \
    showTransferButton showVoicemailButton showWorkgroupsProfilesTab traceConfiguration \
    trackerAdministrator useTiffForFaxes viewConfigurationChangeAuditing viewConfigurationGeneral \
    viewConfigurationHTTPServer viewConfigurationOutboundServers viewConfigurationPhoneNumberTypes \
    viewConfigurationPreviewCallBehavior viewInteractionDetails viewModifyCampaignAgentlessCallingType \
    viewModifyCampaignAutomaticTimeZoneMapping viewModifyCampaignLineSettings viewModifyCampaignMaxLines \
    viewModifyCampaignStatus viewModifyContactListDataQuery viewModifyCustomHandlerActions \
    viewModifyDatabaseConnections viewModifyDncSources viewModifyEventLog viewModifyTimeZoneMapData \
    viewOtherPeoplesPrivateInteractions widgetsConfigurationMaster";

/// The flags of `accessRights`, separated by blanks.
pub const ACCESS_FLAGS: &str = "\
    canEditAccessRights";

/// The rights of `accessRights` that reach over objects, separated by blanks.
pub const ACCESS_GROUPED: &str = "\
    activateOthers activateSelf changeUserStatus clientButtons coachLineQueue coachStationQueue \
    coachUserQueue coachWorkgroupQueue createOptimizerForecasts createSchedulingUnitAgentConstraints \
    createSchedulingUnitAgentGroups createSchedulingUnitSchedules createSchedulingUnitShiftRotations \
    createSchedulingUnitShifts createSchedulingUnitTimeoffRequests deleteOptimizerForecasts \
    deleteSchedulingUnitAgentConstraints deleteSchedulingUnitAgentGroups deleteSchedulingUnitSchedules \
    deleteSchedulingUnitShiftRotations deleteSchedulingUnitShifts deleteSchedulingUnitTimeoffRequests \
    disconnectLineQueue disconnectStationQueue disconnectUserQueue disconnectWorkgroupQueue eFaqs \
    followMePhoneNumberClassifications forwardPhoneNumberClassifications holdStationQueue holdUserQueue \
    interactionClientPlugins interactionConferenceRestrictRooms joinLineQueue joinStationQueue \
    joinUserQueue joinWorkgroupQueue launchableProcessList listAccountCodes listenLineQueue \
    listenStationQueue listenUserQueue listenWorkgroupQueue loginStation manageProcessList miscellaneous \
    modifyAttendantEmailProfiles modifyAttendantInboundProfiles modifyAttendantOperatorProfiles \
    modifyAttendantOutboundProfiles modifyCampaignList modifyFeedbackSurveys modifyOptimizerForecasts \
    modifyRecorderQuestionnaires modifySchedulingUnitAgentConstraints modifySchedulingUnitAgentGroups \
    modifySchedulingUnitConfiguration modifySchedulingUnitListRealTimeAdherence \
    modifySchedulingUnitSchedules modifySchedulingUnitShiftRotations modifySchedulingUnitShifts \
    modifySchedulingUnitTimeoffRequests muteStationQueue muteUserQueue phoneNumberClassifications \
    pickupLineQueue pickupStationQueue pickupUserQueue pickupWorkgroupQueue previewEmailUserQueue \
    previewEmailWorkgroupQueue recordLineQueue recordStationQueue recordUserQueue recordWorkgroupQueue \
    responseManagementDocuments snipLineQueue snipStationQueue snipUserQueue snipWorkgroupQueue \
    statusMessages substituteQueueControlColumns transferLineQueue transferStationQueue \
    transferUserQueue transferWorkgroupQueue tuiPhoneNumberClassifications viewAnalyticsDashboards \
    viewAttendantEmailProfileInSearch viewAttendantEmailProfiles viewAttendantInboundProfileInSearch \
    viewAttendantInboundProfiles viewAttendantOperatorProfileInSearch viewAttendantOperatorProfiles \
    viewAttendantOutboundProfileInSearch viewAttendantOutboundProfiles viewCampaignList viewDataSource \
    viewFeedbackSurveys viewGeneralDirectories viewHistoricalReports viewIndividualStatistics \
    viewLayoutList viewLineQueue viewModifyOptimizerAll viewOptimizerForecasts \
    viewOptimizerSchedulingUnits viewPositionsList viewProcessList viewQueueControlColumns \
    viewRecorderQuestionnaires viewReport viewSchedulingUnitAgentConstraints \
    viewSchedulingUnitAgentGroups viewSchedulingUnitConfiguration viewSchedulingUnitIntradayMonitoring \
    viewSchedulingUnitListRealTimeAdherence viewSchedulingUnitSchedulePreferences \
    viewSchedulingUnitSchedules viewSchedulingUnitShiftRotations viewSchedulingUnitShifts \
    viewSchedulingUnitTimeoffRequests viewSkillList viewStationGroups viewStationGroupsInSearch \
    viewStationQueue viewStationQueueInSearch viewStatusColumns viewUserInteractionHistory viewUserQueue \
    viewWorkgroup viewWorkgroupQueue viewWorkgroupQueueInSearch viewWorkgroupStatistics";

/// The flags of `administrativeRights`, separated by blanks.
pub const ADMINISTRATIVE_FLAGS: &str = "\
    analyticsConfiguration attendantDefaults canEditAdministrativeRights canPublishClientTemplates \
    clientConfigurationConfiguration collective dataManagerConfiguration defaultIPPhoneConfiguration \
    defaultLocationConfiguration defaultStationConfiguration defaultUserConfiguration \
    dnisMappingsConfiguration faxConfiguration interactionConferenceConfiguration \
    interactionDialerConfiguration interactionFeedbackConfiguration \
    interactionOptimizerAdvancedConfiguration interactionOptimizerAgentsConfiguration \
    interactionProcessAutomation interactionRecorderConfiguration interactionTrackerConfiguration \
    licensesAllocationConfiguration logRetrievalAssistantConfiguration mailConfiguration \
    masterAdministrator mediaServersConfiguration mrcpConfiguration passwordPoliciesConfiguration \
    peerSitesConfiguration phoneNumbersConfiguration problemReporterConfiguration sametimeConfiguration \
    serversConfiguration sessionManagerServerConfiguration singleSignOnSecureTokenServer \
    sipProxyConfiguration smsConfiguration socialMedia speechRecognitionConfiguration \
    systemConfiguration widgetsConfiguration";

/// The rights of `administrativeRights` that reach over objects, separated by blanks.
pub const ADMINISTRATIVE_GROUPED: &str = "\
    accountCodeList accumulatorList actions audioSources clientButtons clientConfigurationTemplates \
    contactListSources eFaq faxGroups handlers iCDataSources imageResources initializationFunctions \
    interactionAnalyzerKeywordSets interactionConferenceRooms interactionDialerCallLists \
    interactionDialerCampaigns interactionDialerPolicySets interactionDialerRuleSets \
    interactionDialerSchedules interactionDialerScripts interactionDialerSkillSets \
    interactionDialerStageSets interactionDialerZoneSets interactionProcessorTables \
    iPPhoneRegistrationGroups iPPhoneRingSets iPPhones iPPhoneTemplates layouts lineGroups lines \
    locations passwordPolicies positions queueControlColumns reportLogs reports responseManagement roles \
    salesforceCtis schedules secureInputForms selectionRuleList serverParameter \
    singleSignOnIdentityProviders sipBridge skillCategories skills smsBroker stationGroups stations \
    stationTemplates statisticGroups statusMessages structuredParameters systemParameters users \
    webServicesParameters workgroups wrapUpCategories wrapUpCodes";

/// Which shape a right has, if this release knows its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Flag,
    Grouped,
}

/// The rights of one of a role's three objects, with their shapes.
pub(super) fn shapes(object: &str) -> impl Iterator<Item = (&'static str, Shape)> {
    let (flags, grouped) = match object {
        "securityRights" => (SECURITY_FLAGS, ""),
        "accessRights" => (ACCESS_FLAGS, ACCESS_GROUPED),
        "administrativeRights" => (ADMINISTRATIVE_FLAGS, ADMINISTRATIVE_GROUPED),
        _ => ("", ""),
    };
    let flags = flags.split_whitespace().map(|name| (name, Shape::Flag));
    flags.chain(grouped.split_whitespace().map(|name| (name, Shape::Grouped)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_of_the_release_is_here_once() {
        for (object, count) in [("securityRights", 143), ("accessRights", 135), ("administrativeRights", 103)]
        {
            let mut names: Vec<_> = shapes(object).map(|(name, _)| name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{object}");
        }
    }
}
