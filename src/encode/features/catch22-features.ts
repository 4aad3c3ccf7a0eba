/** Names of the features, in the order of their values: those of catch22 1.1, as pycatch22 1.0 gives them. */
export const CATCH22_FEATURES = [
  'DN_HistogramMode_5',
  'DN_HistogramMode_10',
  'DN_OutlierInclude_p_001_mdrmd',
  'DN_OutlierInclude_n_001_mdrmd',
  'CO_FirstCrossing_acf_1e_pointOfCrossing',
  'CO_FirstMin_ac',
  'SP_Summaries_fft_area_5_1',
  'SP_Summaries_fft_wq_50',
  'FC_LocalSimple_mean3_stde',
  'FC_LocalSimple_mean1_taurat',
  'MD_pNN_pnn40',
  'SB_BinaryStats_mean_longstretch1',
  'SB_BinaryStats_diff_longstretch0',
  'SB_MotifThree_quantile_hh',
  'CO_HistogramAMI_even_5bin_ami2',
  'CO_trev_1_num',
  'IN_AutoMutualInfoStats_40_gaussian_fmmi',
  'SB_TransitionMatrix_quantile_3_ac_sumdiagcov',
  'PD_PeriodicityWang_th0_01',
  'CO_Embed2_Dist_tau_d_expfit_meandiff',
  'SC_FluctAnal_2_rsrangefit_50_1_logi_prop_r1',
  'SC_FluctAnal_2_dfa_50_1_2_logi_prop_r1',
] as const;

/** What catch24 adds: the two moments that the 22 leave out, of the series as given. */
export const MOMENT_FEATURES = ['DN_mean', 'DN_Spread_std'] as const;
