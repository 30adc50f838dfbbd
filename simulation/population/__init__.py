"""Populations and their claims, made up from a seed and calibrated on official figures."""
